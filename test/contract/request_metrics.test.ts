import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { hashSync } from "bcryptjs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { withExporter } from "../exporter.ts";
import { ask } from "../http.ts";
import { until, withFolder } from "../stand_in.ts";

const USERS = `basic_auth_users:\n  prometheus: ${hashSync("secret", 4)}\n`;
const authorization = `Basic ${Buffer.from("prometheus:secret").toString("base64")}`;

/** More than are asked of the second listener, which tells what is counted. */
const BURST = 40;
const COUNT = "memory_exporter_http_request_duration_seconds_count";

test("every answer is in the request metrics, those that no route gave as other", async () => {
  await withFolder((folder) => {
    const text = `${USERS}rate_limit: {interval: 1h, burst: ${BURST}}\n`;
    const file = join(folder, "web.yml");
    writeFileSync(file, text);
    // Two listeners: each has a rate limit of its own.
    const listen = ["127.0.0.1:0", "127.0.0.1:0"];
    return withExporter(
      { listen, args: [`--web.config.file=${file}`, "--web.exporter-metrics=all"] },
      async ({ addresses }) => {
        await until("both listen", () => addresses().length === 2);
        const [first, second] = addresses().map((address) => `http://${address}`);
        const statusOf = async (path: string, headers: Record<string, string> = { authorization }) =>
          (await ask(`${first}${path}`, { headers })).status;
        assert.is(await statusOf("/metrics", {}), 401);
        assert.is(await statusOf("/nowhere"), 404);
        assert.is(await statusOf("/-/healthy", { authorization, Host: "a/b" }), 400);
        assert.is(await statusOf("/-/healthy", { authorization: "Basic eDp5" }), 401);
        let healthy = 0;
        while ((await statusOf("/-/healthy")) === 200) healthy += 1;
        // All but the 400, which comes before the limit.
        assert.is(healthy, BURST - 3);
        writeFileSync(file, "x: [");
        assert.is(await statusOf("/metrics", {}), 500);
        writeFileSync(file, text);
        const counted = async () => {
          const page = await ask(`${second}/metrics`, { headers: { authorization } });
          const lines = page.text.split("\n").filter((line) => line.startsWith(COUNT) && !/="\/metrics"/.test(line));
          return lines.map((line) => line.replace(/.*endpoint="([^"]*)".*response_code="(\d+)".*\} /, "$1 $2 ")).sort();
        };
        const wanted = [
          `/-/healthy 200 ${healthy}`,
          ...["400 1", "401 2", "404 1", "429 1", "500 1"].map((one) => `other ${one}`),
        ];
        // An answer is counted when its connection is closed, which the client may see first.
        const sum = (lines: readonly string[]) => lines.reduce((all, line) => all + Number(line.split(" ").at(-1)), 0);
        await until("all are counted", async () => sum(await counted()) === sum(wanted));
        assert.equal(await counted(), wanted);
        const { text: page } = await ask(`${second}/metrics`, { headers: { authorization } });
        assert.not.match(page, new RegExp(`^${COUNT}.*endpoint="/metrics".*response_code="(?!200)`, "m"));
      },
    );
  });
});

test.run();
