import process from "node:process";

/** The program with a fault of its own: an error that nobody catches, at SIGUSR2. Its argument names the program. */
const [, , program = "", ...args] = process.argv;
process.argv = [process.argv[0] ?? "", program, ...args];
process.on("SIGUSR2", () => {
  throw new Error("A fault of the program's own");
});
await import(program);
