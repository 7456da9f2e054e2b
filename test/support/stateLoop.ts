import { recordKey } from "../../src/record/keyMaker.ts";
import type { StreamAddress } from "../../src/state/state.ts";

/** The stream that the killed process writes. */
export const loopAddress: StreamAddress = { inputId: "10001", service: "signIns" };

/** The record keys of its page with this number. */
export function pageKeys(page: number): Uint8Array[] {
  return Array.from({ length: 20 }, (_, index) => recordKey(`${page}:${index}`));
}
