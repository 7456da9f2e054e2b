/** What a Devo tag may look like, for `override_tag` and for the templates of plugins. */

/** A remark on a tag: an `error` would break the wire, a `warning` is outside the form that Devo documents. */
export interface TagRemark {
  readonly severity: "error" | "warning";
  /** Completes "expected …". */
  readonly expected: string;
}

// Devo's own configuration schema allows these 4 to 8 levels; the SDK refuses a tag above 1,024 characters.
const STRICT = /^[a-z0-9_]+(\.[a-z0-9_]+){3,7}$/;
const LONGEST = 1024;

/** The first thing wrong with `tag`, `null` when nothing is. */
export function tagRemark(tag: string): TagRemark | null {
  const broken = wireBreak(tag);
  if (broken !== null) return { severity: "error", expected: broken };
  if (STRICT.test(tag)) return null;
  return { severity: "warning", expected: "4 to 8 levels of a-z, 0-9 and _, separated by dots" };
}

/** The same for a template of a plugin: `{generation}` stands for one part of a level. */
export function tagTemplateRemark(template: string): TagRemark | null {
  const tag = template.replaceAll("{generation}", "2");
  if (/[{}]/.test(tag)) {
    return { severity: "error", expected: "no braces but those of {generation}" };
  }
  return tagRemark(tag);
}

// The tag ends at the first ": " of a syslog line, and a control character ends the line.
function wireBreak(tag: string): string | null {
  if (tag.length > LONGEST) return `a tag of at most ${LONGEST} characters`;
  // deno-lint-ignore no-control-regex
  if (/[\s:\u0000-\u001f\u007f-\u009f]/.test(tag)) {
    return "a tag without white space, colons and control characters";
  }
  if (tag.split(".").includes("")) return "a tag whose levels, between the dots, are not empty";
  return null;
}
