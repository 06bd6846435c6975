import { parseArgs } from "node:util";
import { soak, summaryOf } from "./soaking.ts";

/** Soaks the executable for as long as one likes: `node test/torture/soak.ts [--runs=N]`. Ends with 1 if anything leaks. */

const { values } = parseArgs({ options: { runs: { type: "string", default: "20000" } } });
const soaked = await soak({ runs: Number(values.runs), say: console.log });
console.log(summaryOf(soaked));
