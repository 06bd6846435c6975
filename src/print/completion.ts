import {
  FILE_PLACEHOLDERS,
  firstSentence,
  flagsOf,
  type Operand,
  type Program,
  type ShownFlag,
  spellingsOf,
} from "./program.ts";

/** Scripts that complete the program's command line in a shell. */

const SHELLS = { bash, zsh, fish } as const;

/** The script for a shell, to be read by it at its start. */
export function completion(shell: keyof typeof SHELLS, program: Program): string {
  return SHELLS[shell](program);
}

const isFile = ({ placeholder = "" }: ShownFlag) => FILE_PLACEHOLDERS.includes(placeholder);

/** Words and what each means, of an operand. */
function choicesOf({ choices = {} }: Pick<Operand, "choices">): readonly (readonly [string, string])[] {
  return Object.entries(choices).map(([word, { about }]) => [word, firstSentence(about)]);
}

/** Words behind which other words can come. */
function followersOf({ commands }: Program): readonly (readonly [string, readonly string[]])[] {
  const choices = commands.flatMap(({ operands }) => operands.flatMap(({ choices = {} }) => Object.entries(choices)));
  return choices.flatMap(([word, { followers = [] }]) => (followers.length > 0 ? [[word, followers] as const] : []));
}

/** One list of words for all those that are completed alike. */
function branch(words: readonly string[], body: string): string {
  return `    ${words.join(" | ")}) ${body} ;;`;
}

function bash(program: Program): string {
  const { name, commands } = program;
  const flags = flagsOf(program).map(([flag]) => flag);
  const valued = flags.filter(({ placeholder }) => placeholder !== undefined);
  const names = (flag: ShownFlag) => spellingsOf(flag);
  const chosen = valued.filter(({ choices }) => choices !== undefined);
  const [first] = commands;
  return `# Completion of ${name} for bash, made by: ${name} print completion bash
_${name}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} command= operand= flag= words= i
  COMPREPLY=()
  # bash splits --flag=value into three words.
  if [[ $cur == "=" ]]; then
    flag=\${COMP_WORDS[COMP_CWORD-1]} cur=
  elif [[ \${COMP_WORDS[COMP_CWORD-1]} == "=" ]]; then
    flag=\${COMP_WORDS[COMP_CWORD-2]}
  else
    flag=\${COMP_WORDS[COMP_CWORD-1]}
  fi
  [[ $flag == -[a-z]* ]] && flag=-$flag
  case $flag in
${chosen.map((flag) => branch(names(flag), `COMPREPLY=($(compgen -W "${flag.choices?.join(" ")}" -- "$cur")); return`)).join("\n")}
${branch(valued.filter(isFile).flatMap(names), 'compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur")); return')}
${branch(valued.filter((flag) => !isFile(flag) && flag.choices === undefined).flatMap(names), "return")}
  esac
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      -* | =) ;;
      *)
        [[ \${COMP_WORDS[i-1]} == "=" || ( \${COMP_WORDS[i-1]} == -* && \${COMP_WORDS[i]} != @(${commands.map((one) => one.name).join("|")}) ) ]] && continue
        if [[ -z $command ]]; then command=\${COMP_WORDS[i]}; else operand=\${COMP_WORDS[i]}; fi ;;
    esac
  done
  if [[ $cur == -* ]]; then
    case \${command:-${first?.name}} in
${commands.map((one) => branch([one.name], `words="${one.flags.flatMap((flag) => names(flag).map((long) => (flag.placeholder === undefined ? long : `${long}=`))).join(" ")}"`)).join("\n")}
    esac
  else
    case $command:$operand in
${branch([":"], `words="${commands.map((one) => one.name).join(" ")}"`)}
${commands.flatMap((one) => one.operands.flatMap((operand) => (operand.choices ? [branch([`${one.name}:`], `words="${Object.keys(operand.choices).join(" ")}"`)] : []))).join("\n")}
${followersOf(program)
  .map(([word, then]) => branch([`*:${word}`], `words="${then.join(" ")}"`))
  .join("\n")}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  [[ \${#COMPREPLY[@]} == 1 && \${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
  return 0
}
complete -F _${name} ${name}
`;
}

/** A text inside of single quotes of a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function zsh(program: Program): string {
  const { name, commands } = program;
  const [first] = commands;
  const described = (rows: readonly (readonly [string, string])[]) =>
    rows.map(([word, about]) => `${word}\\:${escapeZsh(about).replaceAll(/[\s()"'\\`$]/g, "\\$&")}`).join(" ");
  const argument = (flag: ShownFlag) => {
    if (flag.placeholder === undefined) return "";
    if (flag.choices) return `:${flag.placeholder}:(${flag.choices.join(" ")})`;
    return isFile(flag) ? `:${flag.placeholder}:_files` : `:${escapeZsh(flag.placeholder)}: `;
  };
  const specs = (flags: readonly ShownFlag[]) =>
    flags.flatMap((flag) =>
      spellingsOf(flag).map((long) => {
        const value = flag.placeholder === undefined ? "" : "=";
        return quoted(
          `${flag.repeatable ? "*" : ""}${long}${value}[${escapeZsh(firstSentence(flag.help))}]${argument(flag)}`,
        );
      }),
    );
  const operandSpecs = (operands: readonly Operand[]) =>
    operands.map((operand, index) => {
      const list = choicesOf(operand);
      const action = list.length > 0 ? `((${described(list)}))` : index > 0 ? "->which" : " ";
      return quoted(`${index + 2}:${escapeZsh(operand.placeholder)}:${action}`);
    });
  const branches = commands.map(
    (one) =>
      `    ${one.name}) args=(${[...operandSpecs(one.operands), ...specs(one.flags)].map((spec) => `\n      ${spec}`).join("")}) ;;`,
  );
  return `#compdef ${name}
# Completion of ${name} for zsh, made by: ${name} print completion zsh
_${name}() {
  local command=${first?.name} word state line
  local -a args
  local -A opt_args
  for word in \${words[2,CURRENT-1]}; do
    case $word in
      ${commands.map((one) => one.name).join("|")}) command=$word; break ;;
    esac
  done
  case $command in
${branches.join("\n")}
  esac
  _arguments -C ${quoted(`1:command:((${described(commands.map((one) => [one.name, firstSentence(one.about)]))}))`)} $args && return
  case $state:$line[2] in
${followersOf(program)
  .map(([word, then]) => `    which:${word}) compadd ${then.join(" ")} ;;`)
  .join("\n")}
  esac
}
if [[ $funcstack[1] == _${name} ]]; then _${name} "$@"; else compdef _${name} ${name}; fi
`;
}

/** A text in a specification of _arguments: no colon or bracket ends it. */
function escapeZsh(text: string): string {
  return text.replace(/[[\]:\\]/g, "\\$&");
}

function fish(program: Program): string {
  const { name, commands } = program;
  const names = commands.map((one) => one.name);
  const line = (...words: readonly string[]) => `complete -c ${name} ${words.join(" ")}`;
  const flagLine = ([flag, takers]: readonly [ShownFlag, readonly string[]]) => {
    const long = spellingsOf(flag).map((one) => (one.startsWith("--") ? `-l ${one.slice(2)}` : `-s ${one.slice(1)}`));
    const value =
      flag.placeholder === undefined
        ? []
        : flag.choices
          ? ["-x", "-a", quoted(flag.choices.join(" "))]
          : [isFile(flag) ? "-rF" : "-x"];
    const about = ["-d", quoted(firstSentence(flag.help))];
    return long
      .map((one) => line("-n", quoted(`__${name}_is ${takers.join(" ")}`), one, ...value, ...about))
      .join("\n");
  };
  const words = (condition: string, rows: readonly (readonly [string, string])[]) =>
    rows.map(([word, about]) =>
      line("-n", quoted(condition), "-a", word, ...(about === "" ? [] : ["-d", quoted(about)])),
    );
  return `# Completion of ${name} for fish, made by: ${name} print completion fish
function __${name}_words
    set -l tokens (commandline -opc) (commandline -ct)
    for token in $tokens[2..-2]
        string match -q -- '-*' $token; or echo $token
    end
end
function __${name}_is
    set -l command (__${name}_words)[1]
    contains -- "$command" ${names.join(" ")}; or set command ${names[0]}
    contains -- $command $argv
end
function __${name}_behind
    set -l words (__${name}_words)
    test "$words" = "$argv"
end
${[
  line("-f"),
  ...words(
    `__${name}_behind`,
    commands.map((one) => [one.name, firstSentence(one.about)]),
  ),
  ...commands.flatMap((one) => words(`__${name}_behind ${one.name}`, one.operands.flatMap(choicesOf))),
  ...commands.flatMap((one) =>
    one.operands.flatMap(({ choices = {} }) =>
      Object.entries(choices).flatMap(([word, { followers = [] }]) =>
        words(
          `__${name}_behind ${one.name} ${word}`,
          followers.map((next) => [next, ""]),
        ),
      ),
    ),
  ),
  ...flagsOf(program).map(flagLine),
].join("\n")}
`;
}
