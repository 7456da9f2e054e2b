/**
 * Informational answers are taken out of what a connection brings (RFC 9110, section 15.2: a client must be able to
 * read any number of them before the final answer, whether it expects them or not). At a 100 undici would end the
 * connection.
 */
import { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";
import type { buildConnector } from "undici";

const MODEL = "HTTP/1.1 100";
/** But for 101, which changes what the connection speaks. */
const INFORMATIONAL = /^HTTP\/1\.[01] 1(?!01)\d\d$/;
const END = "\r\n\r\n";
/** An answer of this kind has hardly any headers. */
const MOST_BYTES = 64 * 1024;

/** The same for whatever connection `connect` opens. */
export function skippingInformational(connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) =>
    connect(options, (...[error, socket]) => {
      if (error !== null) callback(error, null);
      else callback(null, withoutInformational(socket));
    });
}

/**
 * The same socket, whose `read` gives no informational answer. It must carry one exchange after the other: an answer
 * then begins with the first bytes that come after something was written.
 */
function withoutInformational<T extends Duplex>(socket: T): T {
  const read = socket.read.bind(socket);
  const write = socket.write.bind(socket) as (...all: unknown[]) => boolean;
  let isBegin = true;
  let held: Buffer = Buffer.alloc(0);

  function next(size?: number): Buffer | null {
    for (;;) {
      const chunk: Buffer | null = read(size);
      if (!isBegin || chunk === null) return chunk;
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      while (isInformational(held) && held.includes(END)) {
        held = held.subarray(held.indexOf(END) + END.length);
      }
      if (held.length === 0 || (isInformational(held) && held.length < MOST_BYTES)) continue;
      isBegin = false;
      const rest = held;
      held = Buffer.alloc(0);
      return rest;
    }
  }
  return Object.assign(socket, {
    read: next,
    write(...all: unknown[]) {
      isBegin = true;
      return write(...all);
    },
  });
}

/** Whether bytes are the beginning of such an answer, or may become it. */
function isInformational(bytes: Buffer): boolean {
  const begin = bytes.subarray(0, MODEL.length).toString("latin1");
  return INFORMATIONAL.test(begin + MODEL.slice(begin.length));
}
