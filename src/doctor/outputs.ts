/** What becomes of each output: its files, and its address when it is tried. */
import type { Clock } from "../clock.ts";
import type { Config } from "../config/config.ts";
import { asGraphtapError, type ErrorCode, errorKinds } from "../errors.ts";
import { checkCertificates } from "../shipper/certificates.ts";
import { chooseOutputs, destinationOf } from "../shipper/destination.ts";
import { probe } from "../shipper/probe.ts";
import type { Finding } from "./examine.ts";

/** What stands for the input in a finding of an output, which belongs to none. */
const NO_INPUT = "-";

/**
 * Tries every output that lines can be sent to, all at once.
 *
 * @param home the folder that holds `certs/`
 * @throws usage there is none; the reason of `signal`
 */
export async function examineOutputs(
  { outputs, file }: Pick<Config, "outputs" | "file">,
  home: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<Finding[]> {
  return await Promise.all(
    chooseOutputs(outputs, undefined).map(async (output) => {
      const found = (code: ErrorCode | null, detail: string): Finding => ({
        input: NO_INPUT,
        check: `outputs.${output.name}`,
        result: code ?? "ok",
        detail,
        missing_permissions: [],
        exitCode: code === null ? 0 : errorKinds[code].exitCode,
      });
      try {
        const destination = destinationOf(output, file, home);
        const wrong = destination.tls === null ? [] : checkCertificates(destination.tls, clock.now()).errors;
        if (wrong.length > 0) return found("config-invalid", wrong.join("; "));
        const { code, detail } = await probe(destination, clock, signal);
        return found(code, `${destination.address}:${destination.port} ${detail}`);
      } catch (error) {
        signal.throwIfAborted();
        const { code, message } = asGraphtapError(error);
        return found(code, message);
      }
    }),
  );
}
