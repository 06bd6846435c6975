/** Splits a line for /bin/sh, as far as that is possible without running it. Source: "Shell Command Language" of POSIX. */

/** A word of a shell line. If it is open, it has an unquoted expansion, which may give any number of words. */
export type Word = { readonly text: string; readonly open: boolean };

/** A simple command: its words, whether its stdout goes into the next one, and whether its stdout is redirected elsewhere. */
export type Simple = { readonly words: readonly Word[]; readonly piped: boolean; readonly silent: boolean };

const BLANK = /(?:[^\S\n]|\\\r?\n)+|#[^\n]*/;
const REDIRECTION = /(?:\d*|&)(?:>>|>\||>&|<>|<&|[<>])/;
const OPERATOR = /\|\||&&|\|&|[|;&\n()]/;

/** The simple commands of a line in order. Undefined if the line has unsupported parts. */
export function simpleCommands(line: string): Simple[] | undefined {
  const commands: Simple[] = [];
  let words: Word[] = [];
  /** The redirection whose target is the next word. */
  let redirection: string | undefined;
  let silent = false;
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    const match = matchAt(line, at, pattern);
    if (match !== undefined) at += match.length;
    return match;
  };
  while (at < line.length) {
    if (take(BLANK) !== undefined) continue;
    const found = take(REDIRECTION);
    if (found !== undefined) {
      if (line[at] === "<" && found.endsWith("<")) return undefined;
      redirection = found;
      continue;
    }
    const operator = take(OPERATOR);
    if (operator !== undefined) {
      if (redirection !== undefined) return undefined;
      if (words.length > 0) commands.push({ words, silent, piped: operator === "|" || operator === "|&" });
      words = [];
      silent = false;
      continue;
    }
    const word = readWord(line, at);
    if (word === undefined) return undefined;
    at = word.end;
    if (redirection === undefined) words.push(word);
    else silent ||= redirectsStdout(redirection, word.text);
    redirection = undefined;
  }
  if (words.length > 0) commands.push({ words, silent, piped: false });
  return commands;
}

/** Whether a redirection certainly applies to stdout: to a file, to stderr, or closing it. */
function redirectsStdout(redirection: string, target: string): boolean {
  if (!/^[1&]?>/.test(redirection)) return false;
  if (redirection.endsWith(">&") && /^\d/.test(target)) return target === "2";
  return !/^\/(?:dev\/(?:stdout|fd\/\d+)|proc\/self\/fd\/\d+)$/.test(target);
}

/** The match of a pattern at an offset. */
function matchAt(text: string, at: number, pattern: RegExp): string | undefined {
  const sticky = new RegExp(pattern, "y");
  sticky.lastIndex = at;
  return sticky.exec(text)?.[0];
}

const PLAIN = /[^\s'"\\$`|&;()<>]+/;
const ESCAPED = /\\(?:\r?\n|[\s\S])/;
const SINGLE = /'[^']*'/;
const DOUBLE = /"(?:[^"\\]|\\[\s\S])*"/;
const VARIABLE = /\$(?:[A-Za-z_][A-Za-z0-9_]*|\{[A-Za-z_][A-Za-z0-9_]*\}|[0-9#?*@$!-])/;

/** The word at an offset and its end. Undefined for an open quote, and for a substitution outside of quotes. */
function readWord(line: string, start: number): (Word & { readonly end: number }) | undefined {
  let text = "";
  let open = false;
  let end = start;
  const take = (pattern: RegExp): string | undefined => {
    const match = matchAt(line, end, pattern);
    if (match !== undefined) end += match.length;
    return match;
  };
  for (;;) {
    const plain = take(PLAIN);
    const escaped = take(ESCAPED);
    const single = take(SINGLE);
    const double = take(DOUBLE);
    const variable = take(VARIABLE);
    if (double !== undefined && /\$[({]|`/.test(double)) return undefined;
    if (plain !== undefined) text += plain;
    if (escaped !== undefined) text += escaped.replace(/^\\(?:\r?\n)?/, "");
    if (single !== undefined) text += single.slice(1, -1);
    if (double !== undefined) text += double.slice(1, -1).replace(/\\(\r?\n|["$`\\])/g, (_, c: string) => c.trim());
    if (variable !== undefined) {
      text += variable;
      open = true;
    }
    if (plain ?? escaped ?? single ?? double ?? variable) continue;
    const isEnd = end === line.length || /[\s|&;()<>]/.test(line[end] ?? "");
    return isEnd ? { text, open, end } : undefined;
  }
}
