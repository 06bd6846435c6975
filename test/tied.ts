import { existsSync } from "node:fs";

/** Where util-linux has it. Tests look for programs along another PATH than this process has. */
const SETPRIV = "/usr/bin/setpriv";
const TIE = existsSync(SETPRIV) ? [SETPRIV, "--pdeathsig", "KILL"] : [];

/**
 * Words that start a program so that the kernel kills it when this process ends, however that comes (PR_SET_PDEATHSIG of
 * prctl(2)): a server of a test that was killed would go on, and an exporter of another test may get its port.
 */
export function tied(words: readonly string[]): readonly [string, ...string[]] {
  const [program = "", ...rest] = [...TIE, ...words];
  return [program, ...rest];
}
