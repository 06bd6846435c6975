/** Whether this is Deno, whose implementation of Node's modules differs in details. */
export function onDeno(): boolean {
  return "deno" in process.versions;
}
