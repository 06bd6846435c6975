/** Words that are set apart by spaces. */
const split = (line: string) => line.split(" ");
/** Characters as those of their bytes. */
const utf8 = (text: string) => Buffer.from(text, "utf8").toString("latin1");

/** What is put between other characters. */
export const PIECES: readonly string[] = [
  ...[" ", "  ", "   ", "\t", "\r", "\r\n", "\n", "\n\n", "\0", "\v", "\f", "\x7f", "\x1b", "\b"],
  ...["\x1b[31m", "\x1b[0m", "\x1b[01;32m\x1b[K", "\x1b]0;title\x07", "\xff", "\xc3", "\xff\xfe"],
  ...split("- + . , : = / % \" ' \\ ( { [ # | ~ * 0 1 9 e5 e-3 E9 0x k K kB KB MB M Mi Gi G T B i _ inf"),
  ...split("\\040 \\x20 \\n <defunct> Mem: Swap: Total total max null"),
  ...["Node 7", "\ufeff", "\u00a0", "\u2003", "\u2028", "\u200b", "\u0085"].map(utf8),
  ...split("٣ １２ ² ½ − ： é メモリ 🐏").map(utf8),
];

/** What stands in the place of a word. */
export const FIGURES: readonly string[] = [
  ...split("0 -0 00 1 -1 +1 007 4095 4096 65536 1e5 1E5 0x10 1_000 1,000 1.000 0.1 12.34 1. .5 1e400"),
  ...split("2147483647 2147483648 4294967295 4294967296 9007199254740993 18014398509481983"),
  ...split("9223372036854775807 9223372036854775808 18446744073709551615 18446744073709551616"),
  ...split("-9223372036854775808 99999999999999999999"),
  ...["1".repeat(40), "9".repeat(310), "1 2"],
  ...split("1.0Gi 0B 57.2M 3,1M 1K 10Ki 999.9T 16E 1.5 100% -5% nan NaN Infinity inf"),
  ...split('max null true "5" [SWAP] - kB K'),
  ...split("３ １٢").map(utf8),
];
