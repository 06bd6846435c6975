import { createGuardian } from "../../src/command/guardian.ts";

/** Stands for an exporter: tells a guardian what stdin says, `+ word` or `- word` a line, answers each, and waits to be killed. */
const guardian = createGuardian();
let rest = "";
process.stdin.setEncoding("utf8").on("data", (text: string) => {
  const lines = `${rest}${text}`.split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) {
    const words = line.slice(2).split(" ");
    if (line.startsWith("+")) console.log(guardian.add(words));
    else console.log(guardian.remove(words));
  }
});
