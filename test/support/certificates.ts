/** A certificate authority for one test: nothing of it is stored in the tree, and nothing of it can expire there. */
import { Buffer } from "node:buffer";
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  bits,
  explicit,
  implicit,
  integer,
  octets,
  oid,
  sequence,
  set,
  utcTime,
  utf8,
  yes,
} from "./certificatesDer.ts";

/** A certificate and its key, as PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** Who signs. */
export interface Authority {
  /** The authority's own certificate, PEM: what the old collector calls the chain. */
  readonly chain: string;
  /** A certificate that it signs: for 127.0.0.1 and localhost, a year long from yesterday, unless said. */
  issue(name: string, dates?: { readonly from?: Date; readonly to?: Date }): Identity;
}

const ECDSA_SHA256 = sequence(oid("1.2.840.10045.4.3.2"));
const DAY_MS = 86_400_000;

export function createAuthority(name = "Test authority"): Authority {
  const own = newKey();
  const around = { from: new Date(Date.now() - DAY_MS), to: new Date(Date.now() + 365 * DAY_MS) };
  const isAuthority = sequence(oid("2.5.29.19"), yes(), octets(sequence(yes())));
  return {
    chain: certificate({
      issuer: name,
      subject: name,
      ...around,
      key: own.publicKey,
      extensions: [isAuthority],
    }, own.privateKey),
    issue(subject, dates = {}) {
      const { publicKey, privateKey } = newKey();
      const extensions = [sequence(
        oid("2.5.29.17"),
        octets(sequence(
          implicit(2, Buffer.from("localhost")),
          implicit(7, Buffer.from([127, 0, 0, 1])),
        )),
      )];
      const cert = certificate(
        { issuer: name, subject, ...around, ...dates, key: publicKey, extensions },
        own.privateKey,
      );
      return { cert, key: privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
    },
  };
}

/** Writes what Devo hands out for a domain, chain and client certificate and key, into a folder. */
export function writeDomain(folder: string, authority: Authority, identity: Identity): DomainFiles {
  const files = {
    chain: join(folder, "chain.crt"),
    cert: join(folder, "domain.crt"),
    key: join(folder, "domain.key"),
  };
  writeFileSync(files.chain, authority.chain);
  writeFileSync(files.cert, identity.cert);
  writeFileSync(files.key, identity.key);
  chmodSync(files.key, 0o600);
  return files;
}

export interface DomainFiles {
  readonly chain: string;
  readonly cert: string;
  readonly key: string;
}

interface Plan {
  readonly issuer: string;
  readonly subject: string;
  readonly from: Date;
  readonly to: Date;
  readonly key: KeyObject;
  readonly extensions: readonly Uint8Array[];
}

function newKey() {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

const nameOf = (text: string) => sequence(set(sequence(oid("2.5.4.3"), utf8(text))));

function certificate({ issuer, subject, from, to, key, extensions }: Plan, signer: KeyObject): string {
  const signed = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ECDSA_SHA256,
    nameOf(issuer),
    sequence(utcTime(from), utcTime(to)),
    nameOf(subject),
    key.export({ type: "spki", format: "der" }),
    explicit(3, sequence(...extensions)),
  );
  const whole = sequence(signed, ECDSA_SHA256, bits(sign("sha256", signed, signer)));
  return `-----BEGIN CERTIFICATE-----\n${
    whole.toString("base64").replace(/.{1,64}/g, "$&\n")
  }-----END CERTIFICATE-----\n`;
}
