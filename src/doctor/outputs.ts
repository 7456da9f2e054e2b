/** What becomes of each output: its files, and its address when it is tried. */
import type { Clock } from "../clock.ts";
import type { Config, OutputConfig } from "../config/config.ts";
import { asGraphtapError, type ErrorCode, errorKinds } from "../errors.ts";
import { checkCertificates } from "../shipper/certificates.ts";
import { destinationOf } from "../shipper/destination.ts";
import { probe } from "../shipper/probe.ts";
import type { Finding } from "./examine.ts";

/** What stands for the input in a finding of an output, which belongs to none. */
const NO_INPUT = "-";

/**
 * Tries these outputs, all at once.
 *
 * @param loaded tells where the files of an output are looked for; `home` is the folder that holds `certs/`
 * @throws the reason of `signal`
 */
export async function examineOutputs(
  outputs: readonly OutputConfig[],
  loaded: { readonly config: Pick<Config, "file">; readonly home: string },
  clock: Clock,
  signal: AbortSignal,
): Promise<Finding[]> {
  return await Promise.all(outputs.map(async (output) => {
    const found = (code: ErrorCode | null, detail: string): Finding => ({
      input: NO_INPUT,
      check: `outputs.${output.name}`,
      result: code ?? "ok",
      detail,
      missing_permissions: [],
      exitCode: code === null ? 0 : errorKinds[code].exitCode,
    });
    try {
      const destination = destinationOf(output, loaded.config.file, loaded.home);
      const wrong = destination.tls === null ? [] : checkCertificates(destination.tls, clock.now()).errors;
      if (wrong.length > 0) return found("config-invalid", wrong.join("; "));
      const { code, detail } = await probe(destination, clock, signal);
      return found(code, `${destination.address}:${destination.port} ${detail}`);
    } catch (error) {
      signal.throwIfAborted();
      const { code, message } = asGraphtapError(error);
      return found(code, message);
    }
  }));
}
