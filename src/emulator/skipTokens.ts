import { Buffer } from "node:buffer";
import type { Random } from "./random.ts";
import type { Row } from "./store.ts";

/** Where a `$skiptoken` stands: a result that was frozen when its first page was asked for. */
export interface Bookmark {
  readonly tenantId: string;
  readonly collection: string;
  readonly rows: readonly Row[];
  readonly offset: number;
  readonly top: number;
  /** 0 for the first page. */
  readonly page: number;
  /** The request that began this paging. */
  readonly firstUrl: string;
}

/** Tokens given out so far. */
export interface SkipTokens {
  issue(bookmark: Bookmark): string;
  /** `undefined` when the token is unknown, or forgotten by now. */
  find(token: string): Bookmark | undefined;
  /** Forgets all tokens. */
  expire(): void;
  /** Counts a request, and forgets the tokens that are too old by that. */
  age(): void;
}

/** An empty register; a token is forgotten after `lifetime` further requests. */
export function createSkipTokens(random: Random, lifetime: number): SkipTokens {
  const bookmarks = new Map<string, { bookmark: Bookmark; issuedAt: number }>();
  let requests = 0;
  return {
    issue(bookmark) {
      const token = newToken(random);
      bookmarks.set(token, { bookmark, issuedAt: requests });
      return token;
    },
    find: (token) => bookmarks.get(token)?.bookmark,
    expire: () => bookmarks.clear(),
    age() {
      requests++;
      // A Map keeps the order of insertion, so the oldest come first.
      for (const [token, { issuedAt }] of bookmarks) {
        if (requests - issuedAt <= lifetime) break;
        bookmarks.delete(token);
      }
    },
  };
}

/** The three forms seen on Graph: hexadecimal, base64, and a packed one with marks that need escaping in a URL. */
function newToken(random: Random): string {
  const form = random.int(0, 2);
  if (form === 0) return random.hex(64);
  const packed = Buffer.from(random.hex(60), "hex").toString("base64");
  return form === 1 ? `RFNwdAIAAQ${packed}` : `1!${random.int(2, 9)}!MA--/1!48!${packed}==`;
}
