/** What lives beside a tap and by the same configuration: the shipper of `up`. */
import type { LoadedConfig } from "./configFile.ts";
import type { Tap } from "./tap.ts";

export interface Beside {
  /** Begins, when the state folder is this process's and nothing is read yet. @throws why it cannot, which ends the tap */
  begin(loaded: LoadedConfig, tap: Pick<Tap, "log" | "stop">): Promise<void>;
  /**
   * Makes ready for another configuration.
   *
   * @param cause who asked for it, as the log says it
   * @returns goes over to it
   * @throws what is wrong with it; nothing has changed then
   */
  prepare(loaded: LoadedConfig, cause: string): Promise<() => void>;
  /** Ends, when nothing is read any more and the state folder is still this process's; also where it never began. */
  end(): Promise<void>;
}
