import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { program, SUBCOMMANDS } from "../../src/cli/subcommands.ts";
import { completion } from "../../src/print/completion.ts";
import { onDeno } from "../../src/web/runtime.ts";
import { withFolder } from "../stand_in.ts";
import { needs } from "../tools.ts";

/** The real shells complete these lines: each is begun as written, and gets these words, in any order. */
const LINES: Readonly<Record<string, readonly string[]>> = {
  "memory_exporter ": [...Object.keys(SUBCOMMANDS), "version", "help"],
  "memory_exporter pu": ["push"],
  "memory_exporter print comp": ["completion"],
  "memory_exporter print completion ": ["bash", "zsh", "fish"],
  "memory_exporter print systemd-unit text": ["textfile", "textfile-timer"],
  "memory_exporter help te": ["textfile"],
  "memory_exporter once --forma": ["--format"],
  "memory_exporter once --format ": ["text", "openmetrics", "json", "table"],
  "memory_exporter once --format=o": ["openmetrics"],
  "memory_exporter --log.level w": ["warn"],
  "memory_exporter --log.level=debug onc": ["once"],
  "memory_exporter --no-web.enable-debug-": ["--no-web.enable-debug-stderr"],
  "memory_exporter textfile --textfile.p": ["--textfile.path"],
  // Flags of another command.
  "memory_exporter textfile --web.listen": [],
  "memory_exporter --config.file ./some.fi": ["some.file"],
  "memory_exporter push --push.spool=./some.fo": ["some.folder"],
};

type Shell = "bash" | "zsh" | "fish";

/** What a shell offers for each line; each is given all that it needs in a script of its own. */
const SCRIPTS: Readonly<Record<Shell, (file: string, lines: readonly string[]) => string>> = {
  // As readline does it: words are split at the characters of COMP_WORDBREAKS, and = is a word.
  bash: (file, lines) => `
source ${file}
complete -p memory_exporter > /dev/null || exit 1
for line in ${lines.map((line) => `'${line}'`).join(" ")}; do
  read -ra COMP_WORDS <<< "\${line//=/ = }"
  [[ $line == *[\\ =] ]] && COMP_WORDS+=("")
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
  _memory_exporter
  printf '%s\\n' "\${COMPREPLY[@]}" END
done`,
  fish: (file, lines) => `
source ${file}
for line in ${lines.map((line) => `'${line}'`).join(" ")}
  complete -C $line
  echo END
end`,
  // Completion is part of the line editor: the lines are typed in a terminal. What is offered goes to a file.
  zsh: (file, lines) => `
zmodload zsh/zpty zsh/stat
zpty terminal zsh -f -i
zpty -w terminal 'source ${file}.setup; : > ${file}.out'
drain() { local text; while zpty -rt terminal text; do :; done }
ends() { local -a found; found=(\${(M)\${(f)"$(<${file}.out)"}:#END}); print $#found }
until [[ -e ${file}.out ]]; do drain; sleep 0.02; done
integer done=0
for line in ${lines.map((line) => `'${line}'`).join(" ")}; do
  zpty -n -w terminal "$line"$'\\t'
  done+=1
  until (( $(ends) >= done )); do drain; sleep 0.02; done
  zpty -n -w terminal $'\\C-u'
done
cat ${file}.out
zpty -d terminal`,
};

const ZSH_SETUP = (file: string) => `
PS1= RPS1=
autoload -U compinit && compinit -u -D
source ${file}
compadd() {
  local -a hits
  if [[ " $* " != *" -"[OAD]" "* ]]; then builtin compadd -O hits "$@"; print -rl -- $hits >> ${file}.out; fi
  builtin compadd "$@"
}
complete-and-tell() { _main_complete; print END >> ${file}.out }
zle -C complete-and-tell complete-word complete-and-tell
bindkey '^I' complete-and-tell
`;

/** What a shell offers for each line: words alone, without what it says of them. */
async function offered(shell: Shell, lines: readonly string[]): Promise<string[][]> {
  return withFolder((folder) => {
    const file = join(folder, "completion");
    writeFileSync(file, completion(shell, program()));
    writeFileSync(`${file}.setup`, ZSH_SETUP(file));
    writeFileSync(join(folder, "some.file"), "");
    spawnSync("mkdir", [join(folder, "some.folder")]);
    const options = { bash: ["--norc", "-c"], zsh: ["-f", "-c"], fish: ["--no-config", "-c"] }[shell];
    const script = SCRIPTS[shell](file, lines);
    const env = { ...process.env, HOME: folder, TERM: "dumb", LC_ALL: "C.UTF-8" };
    const { status, stdout, stderr } = spawnSync(shell, [...options, script], { cwd: folder, env, encoding: "utf8" });
    assert.equal([status, stderr], [0, ""], shell);
    return stdout.split(/^END$/m).slice(0, -1).map(wordsOf);
  });
}

/** Each line has a word and, behind a tab, what it means. Shells differ in whether they show a flag with its =, and a path as it was begun. */
function wordsOf(text: string): string[] {
  const words = text.split("\n").map((line) => line.split("\t")[0]?.replace(/^--[\w.-]+=(?=.)|[=/]$/g, "") ?? "");
  return [...new Set(words.map((word) => word.replace(/^\.\//, "")))].filter((word) => word !== "").sort();
}

// They complete the same whatever has made the script.
for (const shell of onDeno() ? [] : (["bash", "zsh", "fish"] as const)) {
  (needs(shell, "--version") ? test : test.skip)(`${shell} completes commands, flags, values and paths`, async () => {
    const lines = Object.keys(LINES);
    const words = await offered(shell, lines);
    assert.is(words.length, lines.length);
    for (const [index, line] of lines.entries()) assert.equal(words[index], [...(LINES[line] ?? [])].sort(), line);
  });
}

test("a script has every flag of the program", () => {
  for (const shell of ["bash", "zsh", "fish"] as const) {
    const script = completion(shell, program());
    for (const { flags } of program().commands)
      for (const { name } of flags) assert.ok(script.includes(shell === "fish" ? `-l ${name} ` : `--${name}`), name);
  }
});

test.run();
