/** What a request brings along beside itself. */
export interface AppBindings {
  Bindings: {
    /** Aborted when the client's connection is closed before the answer ended. */
    readonly gone: AbortSignal;
  } | undefined;
}
