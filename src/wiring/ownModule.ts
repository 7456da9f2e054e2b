import * as nodeModule from "node:module";

/** What a user's plugin may import of the program that runs it; the first is the name that works everywhere. */
export const OWN_MODULES: readonly string[] = ["@graphtap/graphtap/plugin", "graphtap/plugin"];

/** All that it is when it runs: types are gone by then. */
const SOURCE = "export const definePlugin = (plugin) => plugin;";

type Resolve = (
  specifier: string,
  context: unknown,
  next: (specifier: string, context: unknown) => unknown,
) => unknown;
type RegisterHooks = (hooks: { resolve: Resolve }) => { deregister(): void };

/**
 * Runs `load`, in which a module outside the program's folder finds {@linkcode OWN_MODULES} wherever the program was
 * installed, and the one file. Node can since 22.15; Deno knows the name of the package that it runs by itself.
 */
export async function withOwnModule<T>(load: () => Promise<T>): Promise<T> {
  const { registerHooks } = nodeModule as { registerHooks?: RegisterHooks };
  if (registerHooks === undefined) return load();
  const url = `data:text/javascript,${encodeURIComponent(SOURCE)}`;
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      OWN_MODULES.includes(specifier)
        ? { url, format: "module", shortCircuit: true }
        : next(specifier, context),
  });
  try {
    return await load();
  } finally {
    hooks.deregister();
  }
}
