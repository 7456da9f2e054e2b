/**
 * Lets node-forge make the keys of a PFX by the runtime's own hashes. It takes thousands of rounds in JavaScript
 * otherwise, which is the larger part of what a PFX costs; what it makes stays the same.
 */
import { Buffer } from "node:buffer";
import { hash } from "node:crypto";
import forge, { type ByteBuffer, type Hash } from "node-forge/lib/forge.js";
import "node-forge/lib/pkcs12.js";

/** The same hash by the runtime. */
function byRuntime({ algorithm, digestLength, blockLength }: Hash): Hash {
  let text = "";
  return {
    algorithm,
    digestLength,
    blockLength,
    start: () => void (text = ""),
    update: (bytes: string) => void (text += bytes),
    digest: () => forge.util.createBuffer(hash(algorithm, Buffer.from(text, "latin1"), "binary")),
  };
}

/** Called once, when the library is loaded. */
export function deriveKeysByRuntime(): void {
  const { pkcs5: { pbkdf2 }, pkcs12: { generateKey } } = forge;
  // Told a hash by its name it asks the runtime itself. No password is an empty one here.
  forge.pkcs5.pbkdf2 = (
    password: string | null,
    salt: string,
    rounds: number,
    length: number,
    hash: Hash | string,
  ) => pbkdf2(password ?? "", salt, rounds, length, typeof hash === "object" ? hash.algorithm : hash);
  forge.pkcs12.generateKey = (
    password: string | null,
    salt: ByteBuffer,
    purpose: number,
    rounds: number,
    length: number,
    hash?: Hash,
  ) => generateKey(password, salt, purpose, rounds, length, hash && byRuntime(hash));
}
