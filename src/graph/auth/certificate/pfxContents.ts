/**
 * Lets node-forge hand out certificates and keys as they are written. The runtime's crypto reads them, of every kind; the
 * library would read RSA only, for half of what loading it and opening a PFX cost. The build leaves those parts out.
 */
import forge from "node-forge/lib/forge.js";
import "node-forge/lib/pkcs12.js";

/** The library takes it for a kind that it does not know, whose content it hands out. */
function unread(): never {
  throw new Error("It is left to the runtime");
}

/** What `open` returns, which opens a PFX by the library. */
export function contentsUnread<T>(open: () => T): T {
  const { certificateFromAsn1, privateKeyFromAsn1 } = forge.pki;
  Object.assign(forge.pki, { certificateFromAsn1: unread, privateKeyFromAsn1: unread });
  try {
    return open();
  } finally {
    Object.assign(forge.pki, { certificateFromAsn1, privateKeyFromAsn1 });
  }
}
