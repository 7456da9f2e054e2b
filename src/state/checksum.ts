/** Files of a state folder that people can read: one bit that is wrong makes another time or number of them, not nonsense. */
import { crc32 } from "node:zlib";

/** The name of the member that holds it; what has none was written by an older program, or changed by hand. */
export const CHECKSUM = "checksum";

type Members = Readonly<Record<string, unknown>>;

/** The members, and as the last one the CRC-32 of them, however they are laid out: eight hexadecimal digits. */
export function withChecksum<T extends object>(members: T): T & { readonly [CHECKSUM]: string } {
  return { ...members, [CHECKSUM]: checksumOf(members) };
}

/** Whether members are as they were written, as far as they can tell. */
export function isIntact({ [CHECKSUM]: checksum, ...members }: Members): boolean {
  return checksum === undefined || checksum === checksumOf(members);
}

function checksumOf(members: object): string {
  return crc32(JSON.stringify(members)).toString(16).padStart(8, "0");
}
