/**
 * The files that a shipper reads when it starts and never again. One of the same name that was renewed has it start again
 * at the next reload, as another name does.
 */
import { createHash } from "node:crypto";
import { readWholeFile } from "../../files/wholeFile.ts";
import type { ShipperSettings } from "../settings.ts";

/** A digest of them, which tells nothing of what is in them. One that cannot be read is the shipper's to complain of. */
export function digestOfRenewable({ destinations, devoHttp }: ShipperSettings): string {
  const files = [
    ...destinations.flatMap(({ tls }) => tls === null ? [] : [tls.chain, tls.cert, tls.key]),
    ...(devoHttp === undefined ? [] : [devoHttp.secret]),
  ];
  const digest = createHash("sha256");
  for (const file of files) digest.update(`${createHash("sha256").update(contentOf(file)).digest("hex")}\n`);
  return digest.digest("hex");
}

function contentOf(file: string): Uint8Array {
  try {
    return readWholeFile(file);
  } catch {
    return new Uint8Array();
  }
}
