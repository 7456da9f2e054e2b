import { visibleLine } from "../telemetry/visible.ts";
import { OWN_MODULES } from "./ownModule.ts";

/** Why a plugin's module could not be imported, by what the runtime said, and what to do about it. */
export function whyNotImported(thrown: unknown): string {
  const { code, message = String(thrown) } = Object(thrown) as { code?: unknown; message?: string };
  const said = visibleLine(message.split("\n")[0]!).replaceAll("file://", "").replace(/\.$/, "");
  switch (code) {
    case "ERR_UNKNOWN_FILE_EXTENSION":
      return "this Node runs no TypeScript; take Node 22.18 or later, or write the plugin as .yaml, .json or .mjs";
    case "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX":
    case "ERR_INVALID_TYPESCRIPT_SYNTAX":
      return `Node takes types away and does no more, so the plugin can have no enum and no namespace: ${said}`;
    case "ERR_MODULE_NOT_FOUND":
      return namesOurs(said)
        ? `${said}; take Node 22.18 or later, or "deno add jsr:@graphtap/graphtap" beside the plugin, or leave the import out: ` +
          "export default {…} is enough"
        : `it imports what is not there: ${said}`;
    default:
      return thrown instanceof SyntaxError
        ? `it cannot be read as code: ${said}`
        : `its code failed: ${said}`;
  }
}

/** Whether what is not there is the program itself, by one of its names or its package's. */
function namesOurs(said: string): boolean {
  const names = OWN_MODULES.flatMap((name) => [name, name.replace(/\/plugin$/, "")]);
  return names.some((name) => said.includes(`"${name}"`) || said.includes(`'${name}'`));
}
