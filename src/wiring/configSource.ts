/** Where a configuration comes from. Relative paths in it start from its first file, or from the current folder. */
export type ConfigSource =
  | {
    /** A file, or a folder with its `*.yaml`; several of them are one configuration. */
    readonly path: string | readonly string[];
  }
  | {
    /** What a file would hold: YAML or JSON. */
    readonly text: string;
  }
  | {
    /** The same as an object: what `JSON.stringify` makes of it counts. */
    readonly value: Readonly<Record<string, unknown>>;
  };
