import { withExporter } from "../../test/exporter.ts";
import { productOf } from "../../test/forms.ts";
import { PRINT_FREE, withPrograms } from "../../test/stand_in.ts";
import { ATTACKS } from "../../test/torture/attacks.ts";
import { besiege, type Siege } from "../../test/torture/siege.ts";
import type { Report } from "../report.ts";
import { markdown } from "../table.ts";

const HOLD_MS = 3000;

/** Maximum latency of `/-/healthy` during attacks, compared with an idle server. */
export async function siege(): Promise<Report> {
  const rows: (readonly [name: string, siege: Siege])[] = [];
  for (const attack of ATTACKS) {
    await withPrograms({ free: PRINT_FREE }, (env) =>
      withExporter({ env, product: productOf("executable") }, async (exporter) => {
        rows.push([attack.name, await besiege(exporter, attack, HOLD_MS)]);
      }),
    );
  }
  const more = ({ probed, floor }: Siege) => probed.worstMs - floor.worstMs;
  return {
    title: "Siege",
    how: "`/-/healthy` on new connections every 50 ms, beside the same of a server that does nothing and isn't attacked.",
    table: markdown(
      ["attack", "connections", "worst, ms", "floor, ms"],
      rows.map(([name, { tally, probed, floor }]) => [
        name,
        String(tally.opened),
        probed.worstMs.toFixed(0),
        floor.worstMs.toFixed(0),
      ]),
    ),
    aims: [
      {
        what: "/-/healthy under attack, over the floor",
        bound: 200,
        value: Math.max(...rows.map(([, one]) => more(one))),
        unit: " ms",
      },
    ],
  };
}
