/** Whether this is Deno, which offers the same modules as Node and doesn't do the same with all of it. */
export function onDeno(): boolean {
  return "deno" in process.versions;
}
