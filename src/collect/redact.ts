/** Takes secrets out of what people get to see: the log, the debug pages, the printed configuration. */
export type Redactor = {
  readonly text: (text: string) => string;
  readonly argv: (words: readonly string[]) => readonly string[];
  readonly environment: (variables: Readonly<Record<string, string>>) => Record<string, string>;
};

/**
 * A redactor for commands and their environment. What looks like a secret becomes `<redacted>`, and what was found to be
 * one in a command or its environment becomes that wherever else it shows up, in stderr or in a message.
 * There may be one too many, there should be none too few; still, what doesn't look like a secret can't be told from others.
 */
export function createRedactor(
  commands: readonly (readonly string[])[],
  environment: Readonly<Record<string, string>>,
): Redactor {
  const found = new Set<string>();
  const note = (secret: string) => {
    const bare = secret.replace(/^(["'])(.*)\1$/s, "$2");
    if (bare.length >= SHORTEST_KNOWN && !bare.includes(REDACTED) && !WORDS.has(bare.toLowerCase())) found.add(bare);
  };
  for (const words of commands) hideInWords(words, note);
  hideInVariables(environment, note);
  const known = [...found].sort((a, b) => b.length - a.length);
  const withoutKnown = (text: string) => known.reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text);
  return {
    text: (text) => (text === "" ? "" : hideInText(withoutKnown(text), () => {})),
    argv: (words) => hideInWords(words, () => {}).map(withoutKnown),
    environment: (variables) =>
      Object.fromEntries(
        Object.entries(hideInVariables(variables, () => {})).map(([name, value]) => [name, withoutKnown(value)]),
      ),
  };
}

/** Is told of each secret that is hidden. */
type Note = (secret: string) => void;

const REDACTED = "<redacted>";
/** A shorter secret is hidden where it stands, but not wherever else these characters do. */
const SHORTEST_KNOWN = 4;

/** Values of options with such names that are no secrets. */
const WORDS = new Set(["true", "false", "none", "null", "auto", "basic", "bearer"]);

/** In names of variables, options, headers and members that are secret. */
const SECRET_NAME = "pass|pwd|secret|token|key|cred|auth|cookie|private|signature|session";
/** A word that names a secret, from its first character: a match can't begin inside of one, which keeps time linear. */
const NAME = String.raw`(?<![\w.-])(?=[\w.-]*?(?:${SECRET_NAME}))[\w.-]+`;
const OPTION = String.raw`(?<![\w.-])(?=--?[\w.-]*?(?:${SECRET_NAME}))--?[\w.-]+`;
/** Options that take a password in many tools: mysql -p, ipmitool -P. */
const PASSWORD = "-[pP]";
/** And in some: redis-cli -a, ldapsearch -w, snmpget -A and -X. */
const MAYBE = "-[awAX]";
const USER = "-[uU]|--[a-z-]{0,30}user";
/** A word of a shell line or a member of JSON with its quotes, closed or not, within its line. */
const VALUE = String.raw`(?:"(?:[^"\\\n]|\\.)*"?|'[^'\n]*'?|\\.|[^\s"'\\])+`;

/** What stands before a secret, and the secret. */
const CERTAIN: readonly RegExp[] = [
  // Authorization: Bearer x; Cookie: a=x; b=y
  /(?<![\w-])((?:proxy-)?authorization["']?[ \t]*[:=][ \t]*|(?:set-)?cookie["']?[ \t]*[:=][ \t]*)([^\n]+)/gi,
  // PGPASSWORD=x, --password=x, {"token": "x"}, X-Api-Key: x
  new RegExp(String.raw`(${NAME}["']?[ \t]*[=:][ \t]*)(${VALUE})`, "gis"),
  // --password x
  new RegExp(String.raw`(${OPTION}[ \t]+)(${VALUE})`, "gis"),
  // -p x and -px; but `kstat -p` takes no secret
  new RegExp(String.raw`(?<!\S)(?<!kstat )(${PASSWORD}[ \t]+|-p(?!ass\w*[ \t=]))((?!-)${VALUE})`, "gs"),
  // -u user:x
  new RegExp(String.raw`(?<!\S)((?:${USER})[ \t=]*)(?=["']|[^\s:%]*[:%])(${VALUE})`, "gs"),
  /\b((?:bearer|basic|negotiate|digest)[ \t]+)([\w+/=.~:-]{8,})/gi,
];
/** The same where it may as well be a word like others: hidden here, shown elsewhere. */
const GUESSED = new RegExp(String.raw`(?<!\S)(${MAYBE}[ \t]+)((?!-)${VALUE})`, "gs");

function hideInText(text: string, note: Note): string {
  const hide = (_all: string, before: string, secret: string) => before + hideWhole(secret, note);
  const named = CERTAIN.reduce((rest, pattern) => rest.replace(pattern, hide), hideLogins(text, note));
  const guessed = named.replace(GUESSED, `$1${REDACTED}`);
  return guessed.replace(/[\w+/.~-]{20,}=*/g, (run) => hideTokens(run, note));
}

/** `user:x@` and `x@` behind the scheme of a URL, and `user:x@host` without one. */
function hideLogins(text: string, note: Note): string {
  return text.replace(/\S+/g, (word) => {
    const end = word.lastIndexOf("@");
    if (end < 0) return word;
    const scheme = word.indexOf("://");
    const inUrl = scheme >= 0 && scheme < end;
    const start = inUrl ? scheme + "://".length : lastOf("\"'=,;([{<", word, end) + 1;
    const login = word.slice(start, end);
    if (!inUrl && !/^[\w.+%$#-]+[:/][^/]+$/.test(login)) return word;
    const colon = login.indexOf(":");
    if (colon >= 0) note(login.slice(colon + 1));
    return `${word.slice(0, start)}${REDACTED}${word.slice(end)}`;
  });
}

/** Where the last of some characters stands before `end`, or -1. */
function lastOf(characters: string, text: string, end: number): number {
  return Math.max(...[...characters].map((one) => text.lastIndexOf(one, end)));
}

/** Prefixes of the tokens of GitHub, GitLab, OpenAI, Stripe, Slack, AWS, Google, Vault, npm, Docker; and of each JWT. */
const TOKEN_PREFIX =
  /^(?:gh[pousr]_|github_pat_|glpat-|sk-|[sr]k_live_|xox[a-z]-|AKIA|ASIA|AIza|ya29\.|hvs\.|npm_|dckr_pat_|eyJ)/;

/** A run of characters of which tokens are made: hidden as a whole, or in a path the parts that look like one. */
function hideTokens(run: string, note: Note): string {
  const isPath = /^[.~]*\//.test(run);
  if (isPath) {
    return run
      .split("/")
      .map((part) => (isToken(part) ? hideWhole(part, note) : part))
      .join("/");
  }
  return isToken(run) || run.split("/").some(isToken) ? hideWhole(run, note) : run;
}

function hideWhole(secret: string, note: Note): string {
  note(secret);
  return REDACTED;
}

/** Names read like words and numbers; in what chance has made, letters, capitals and digits take turns. */
function isToken(run: string): boolean {
  if (run.length < 20) return false;
  if (TOKEN_PREFIX.test(run)) return true;
  if (!/\d/.test(run) || !/[A-Za-z]/.test(run)) return false;
  const turns = run.match(/[a-z](?=[A-Z\d])|[A-Z](?=\d)|\d(?=[A-Za-z])/g)?.length ?? 0;
  return turns >= run.length / 5 || /[a-z\d]{32}/i.test(run);
}

const IS_OPTION = new RegExp(`^${OPTION}$`, "i");
const IS_PASSWORD = new RegExp(`^${PASSWORD}$`);
const IS_MAYBE = new RegExp(`^${MAYBE}$`);
const IS_USER = new RegExp(`^(?:${USER})$`);

function hideInWords(words: readonly string[], note: Note): readonly string[] {
  return words.map((word, index) => {
    const option = words[index - 1] ?? "";
    if (IS_OPTION.test(option) || (IS_USER.test(option) && /[:%]/.test(word))) return hideWhole(word, note);
    if (IS_PASSWORD.test(option) && !word.startsWith("-")) return hideWhole(word, note);
    return IS_MAYBE.test(option) && !word.startsWith("-") ? REDACTED : hideInText(word, note);
  });
}

const IS_SECRET = new RegExp(SECRET_NAME, "i");

function hideInVariables(variables: Readonly<Record<string, string>>, note: Note): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name,
      IS_SECRET.test(name) ? hideWhole(value, note) : hideInText(value, note),
    ]),
  );
}
