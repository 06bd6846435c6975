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

test("every answer is in the request metrics, those that no route gave as other", async () => {
  await withFolder((folder) => {
    const text = `${USERS}rate_limit: {interval: 1h, burst: 5}\n`;
    const file = join(folder, "web.yml");
    writeFileSync(file, text);
    // Two listeners: each has a rate limit of its own.
    const listen = ["127.0.0.1:0", "127.0.0.1:0"];
    return withExporter({ listen, args: [`--web.config.file=${file}`] }, async ({ addresses }) => {
      await until("both listen", () => addresses().length === 2);
      const [first, second] = addresses().map((address) => `http://${address}`);
      const asked: readonly [status: number, path: string, headers: Record<string, string>][] = [
        [401, "/metrics", {}],
        [404, "/nowhere", { authorization }],
        [200, "/-/healthy", { authorization }],
        [400, "/-/healthy", { authorization, Host: "a/b" }],
        [200, "/-/healthy", { authorization }],
        [401, "/-/healthy", { authorization: "Basic eDp5" }],
        [429, "/metrics", { authorization }],
      ];
      for (const [status, path, headers] of asked)
        assert.is((await ask(`${first}${path}`, { headers })).status, status);
      writeFileSync(file, "x: [");
      assert.is((await ask(`${first}/metrics`)).status, 500);
      writeFileSync(file, text);
      const { text: page } = await ask(`${second}/metrics`, { headers: { authorization } });
      const count = (code: number, endpoint: string) => {
        const labels = [`endpoint="${endpoint}"`, `response_code="${code}"`];
        const lines = page
          .split("\n")
          .filter((line) => line.startsWith("memory_exporter_http_request_duration_seconds_count{"));
        return lines.filter((line) => labels.every((label) => line.includes(label))).map((line) => line.split("} ")[1]);
      };
      assert.equal(
        [400, 401, 404, 429, 500].map((code) => count(code, "other")),
        [["1"], ["2"], ["1"], ["1"], ["1"]],
      );
      assert.equal(count(200, "/-/healthy"), ["2"]);
      assert.equal(
        [401, 429, 500].flatMap((code) => count(code, "/metrics")),
        [],
      );
    });
  });
});

test.run();
