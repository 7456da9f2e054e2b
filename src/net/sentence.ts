/**
 * A sentence that another program wrote, made fit for a log: what explains a refusal is kept, and whatever could be a
 * record, an id, an address, a secret, or a command to a terminal becomes `…`.
 *
 * Nothing is looked for that must go. It is the other way round: only words that an explanation is made of stay.
 */

/** Letters that are shown at most. */
const MOST_SHOWN = 300;
/** Letters that are read at most. */
const MOST_READ = 4096;
const HIDDEN = "…";

/** In these words a sentence may speak of things by a name, and no person or company is called so. */
const NAMES = new Set(
  ("Access Active Admin Azure Could Client Conditional Continuous Defender Directory Edge Entra Exchange Filter Global " +
    "Graph Identity Intune Invalid Microsoft MSGraph Neither Office Premium Protection Retry-After Security Skip Tenant The There This " +
    "Token Unable Unauthorized WindowsAzure")
    .split(" "),
);
const MICROSOFT =
  /^https:\/\/(graph\.microsoft\.(com|us)|dod-graph\.microsoft\.us|microsoftgraph\.chinacloudapi\.cn|login\.microsoftonline\.(com|us)|login\.chinacloudapi\.cn|aka\.ms|(learn|docs|go|developer)\.microsoft\.com)$/;

/** Words by their form; each can neither be an id nor a secret. */
const WORDS: readonly RegExp[] = [
  /^[A-Z]?[a-z]{1,24}(['’](s|t|re|ve|ll))?$/,
  /^[A-Z]{1,4}$/,
  /^[A-Z]?[a-z]+(-[a-z]+){1,2}$/,
  /^[a-z]+(\/[a-z]+){1,2}$/,
  /^B2[BC]$|^P[12]$|^OAuth2?$|^v\d\.\d$/,
  /^\d{1,4}%?$|^(AADSTS|IDX|MSIS)\d{4,8}$/,
];
/** What may be shown in quotes, too. */
const TERMS: readonly RegExp[] = [
  // Times: those of a filter are in every line of the log that names a window.
  /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,7})?)?Z?)?$|^\d\d?:\d\d(:\d\d)?$|^\d\d?\/\d\d?\/\d{4}$/,
  // Names of Graph's own: types, permissions, query options.
  /^(microsoft\.graph|Edm|System|Microsoft\.OData)(\.[A-Za-z]{1,40}){1,4}$/,
  /^[A-Z][A-Za-z]+(-[A-Z][A-Za-z]+)*(\.[A-Z][A-Za-z]+){0,3}\.(All|OwnedBy|Selected|Default)$/,
  /^\$[a-z]{2,20}$/i,
  /^\/?\.default$/,
];
/** Of what follows these words nothing is shown. */
const BEFORE_A_SECRET = /^(bearer|basic)$/i;

/**
 * What of `text` may be shown, as one line; `null` when nothing in it says anything.
 *
 * @param secrets texts that are hidden whatever they look like
 */
export function sentenceOf(text: string, secrets: readonly string[] = []): string | null {
  let plain = text.slice(0, MOST_READ);
  for (const secret of secrets) if (secret !== "") plain = plain.replaceAll(secret, ` ${HIDDEN} `);
  plain = plain
    // deno-lint-ignore no-control-regex
    .replace(/\u001b\[[0-?]*[ -/]*[@-~]/g, " ")
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .replace(/(?<=[A-Za-z]),(?=[A-Za-z])/g, ", ")
    // Entra ends with ids and a time that only its own support understands.
    .replace(/\s(Trace|Correlation|Request) ID:.*$/, "");
  const words = withoutQuotes(plain).split(/\s+/).filter((word) => word !== "");
  const shown = cut(words.map((word, at) => shownWord(word, words[at - 1])));
  return /[A-Za-z]{2}/.test(shown) ? shown : null;
}

/** Quotes hold values; what stands in brackets is a piece of JSON, or a list of values. */
function withoutQuotes(text: string): string {
  const hide = (_: string, open: string, inside: string) =>
    TERMS.some((form) => form.test(inside)) ? `${open}${inside}` : `${open}${HIDDEN}`;
  return text
    .replace(/[{[<].*[}\]>]|[{[<].*$/g, ` ${HIDDEN} `)
    .replace(/(^|[\s(:=,])["“«`]([^"”»`]*)(?:["”»`]|$)/g, hide)
    .replace(/["“”«»`].*$/, HIDDEN)
    .replace(/(^|[\s(:=,])['‘](.*?)(?:['’](?=$|[\s)\].,;:?!])|$)/g, hide);
}

/** A word and the marks around it, or what stands for it. */
function shownWord(word: string, before: string | undefined): string {
  const [, open = "", core = "", close = ""] = /^(\(?)(.*?)([.,;:!?)]*)$/.exec(word) ?? [];
  const isSecret = before !== undefined && BEFORE_A_SECRET.test(before);
  if (!isSecret && mayBeShown(core, before)) return open + core + close;
  const address = isSecret ? null : addressOf(core);
  return address === null ? HIDDEN + close.replaceAll(")", "") : open + address + close;
}

function mayBeShown(word: string, before: string | undefined): boolean {
  // Within a sentence a word with a capital may be somebody's name.
  const begins = before === undefined || /[.!?]$|^[A-Z]+\d{4,}:$/.test(before);
  if (!begins && /^[A-Z][a-z]+(['’]s)?$/.test(word) && !NAMES.has(word)) return false;
  return NAMES.has(word) || [...WORDS, ...TERMS].some((form) => form.test(word)) || isCompound(word);
}

/** A word such as `createdDateTime`, or `LocationConditionEvaluationSatisfied`; no secret has so few capitals. */
function isCompound(word: string): boolean {
  const capitals = word.replace(/[^A-Z]/g, "").length;
  return /^[A-Za-z]{4,48}$/.test(word) && /[a-z][A-Z]/.test(word) && word.length >= 3 * capitals;
}

/** Where Microsoft's own address leads, without its path and parameters. */
function addressOf(word: string): string | null {
  if (!URL.canParse(word)) return null;
  const { origin, pathname } = new URL(word);
  if (!MICROSOFT.test(origin)) return null;
  return pathname === "/.default"
    ? `${origin}${pathname}`
    : pathname === "/"
    ? origin
    : `${origin}/${HIDDEN}`;
}

/** As many words as there is room for, of which those hidden in a row are one. */
function cut(words: readonly string[]): string {
  let text = "";
  for (const word of words) {
    const isRepeat = word.startsWith(HIDDEN) && text.endsWith(HIDDEN);
    const longer = isRepeat ? text + word.slice(1) : text === "" ? word : `${text} ${word}`;
    if (longer.length > MOST_SHOWN - 2) return text.endsWith(HIDDEN) ? text : `${text} ${HIDDEN}`;
    text = longer;
  }
  return text.replace(/[.:;,]$/, "");
}
