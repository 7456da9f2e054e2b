import { fileURLToPath } from "node:url";

/** Where package.json is. */
export const projectFolder = fileURLToPath(new URL("../../", import.meta.url));

/** Whether these tests run in Deno. */
export const onDeno = "Deno" in globalThis;
