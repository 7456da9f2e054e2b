/** Our words for what the YAML parser found. Its own quote the file, and so might quote a secret. */
import type { ErrorCode } from "yaml";

/** What is wrong and what to do, by the parser's code. */
export const syntaxErrors: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: "an alias (*name) has neither anchor nor tag",
  BAD_ALIAS: "this is no alias; put a value that begins with * or & in quotes",
  BAD_COLLECTION_TYPE: "the tag before this block does not fit it",
  BAD_DIRECTIVE: "a line that begins with % is a YAML directive, and this is none; remove it",
  BAD_DQ_ESCAPE:
    'unknown escape in a text in "double quotes"; write \\\\ for a backslash, or use single quotes',
  BAD_INDENT: "wrong indentation; keys of one block begin in the same column",
  BAD_PROP_ORDER: "an anchor or a tag stands in the wrong place",
  BAD_SCALAR_START: "a value cannot begin with this character; put it in quotes",
  BLOCK_AS_IMPLICIT_KEY:
    'a value cannot hold ": " or a further key on its line; put it in quotes or on its own line',
  BLOCK_IN_FLOW: "a block cannot stand inside { } or [ ]",
  DUPLICATE_KEY: "this key stands twice in its block; keep one",
  IMPOSSIBLE: "not YAML",
  KEY_OVER_1024_CHARS: "a key of more than 1,024 characters; a quote may be missing above",
  MISSING_CHAR: "a quote, a bracket, a comma or a colon is missing",
  MULTILINE_IMPLICIT_KEY: "a key must stand on one line; a colon or a quote may be missing",
  MULTIPLE_ANCHORS: "a value has one anchor (&name) at most",
  MULTIPLE_DOCS: "a second document begins here; keep one, without a line ---",
  MULTIPLE_TAGS: "a value has one tag (!name) at most",
  NON_STRING_KEY: "a key must be a text, not a list or a map",
  RESOURCE_EXHAUSTION: "nested too deeply to be read",
  TAB_AS_INDENT: "a tab cannot indent; use spaces",
  TAG_RESOLVE_FAILED: "unknown tag; put a value that begins with ! in quotes",
  UNEXPECTED_TOKEN: "unexpected text here; a quote or a comma may be missing",
};
