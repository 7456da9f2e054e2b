/**
 * Reads the values that the old collector left as Python pickles. A pickle is a program; this reader knows the part of
 * it that builds plain data, protocols 0 to 5, and moments of `datetime`, and refuses the rest. Nothing is executed.
 */
import { Buffer } from "node:buffer";
import { type Callable, callableOf, callPython, isCallable, isKnownName } from "./pickleCalls.ts";

/** Plain data. Sets and tuples are lists, moments are RFC 3339 texts, keys are texts. */
export type PickleValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | PickleValue[]
  | { [key: string]: PickleValue };

/** Why a pickle was not read: what stands where. */
export class PickleError extends Error {
  constructor(what: string, at: number) {
    super(`${what} at byte ${at}`);
    this.name = "PickleError";
  }
}

const MARK = Symbol("mark");
type Item = PickleValue | Callable | typeof MARK;
/** More than any position needs; a pickle can grow without end only by being large. */
const LARGEST_BYTES = 16 * 1024 * 1024;

/** @throws PickleError */
export function readPickle(bytes: Uint8Array): PickleValue {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (source.length > LARGEST_BYTES) throw new PickleError(`${source.length} bytes, too large`, 0);
  const stack: Item[] = [];
  const memo = new Map<number, Item>();
  let at = 0;

  const fail = (what: string): never => {
    throw new PickleError(what, at);
  };
  function take(count: number): Buffer {
    if (count < 0 || at + count > source.length) fail("the end of the file");
    at += count;
    return source.subarray(at - count, at);
  }
  function line(): string {
    const end = source.indexOf(10, at);
    if (end < 0) fail("the end of the file");
    const text = source.toString("latin1", at, end);
    at = end + 1;
    return text;
  }
  const count8 = () => Number(take(8).readBigUInt64LE());
  const pop = (): Item => stack.length === 0 ? fail("an empty stack") : stack.pop()!;
  const value = (): PickleValue => valueOf(pop());
  const valueOf = (item: Item): PickleValue =>
    typeof item === "symbol" || isCallable(item)
      ? fail("a mark or a function in the place of a value")
      : item;
  function sinceMark(): PickleValue[] {
    const mark = stack.lastIndexOf(MARK);
    if (mark < 0) fail("a missing mark");
    return stack.splice(mark).slice(1).map(valueOf);
  }
  function append(items: readonly PickleValue[]): void {
    const list = stack.at(-1);
    if (!Array.isArray(list)) return fail("a value added to what is no list");
    for (const item of items) list.push(item);
  }
  function put(pairs: readonly PickleValue[]): void {
    const map = stack.at(-1);
    if (!isMap(map)) return fail("a key added to what is no dict");
    for (let index = 0; index + 1 < pairs.length; index += 2) {
      const key = pairs[index];
      if (typeof key === "object" && key !== null) fail("a key that is no text or number");
      Object.defineProperty(map, String(key), {
        value: pairs[index + 1],
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
  }
  const mapOf = (pairs: readonly PickleValue[]) => {
    stack.push({});
    put(pairs);
  };
  const global = (module: string, name: string) => {
    const callable = `${module}.${name}`;
    stack.push(
      isKnownName(callable)
        ? callableOf(callable)
        : fail(`the function "${shown(callable)}", which is refused,`),
    );
  };
  const recall = (key: number) => stack.push(memo.get(key) ?? fail("a value that was never kept"));

  for (;;) {
    const code = String.fromCharCode(take(1)[0]!);
    switch (code) {
      case ".":
        return value();
      case "\x80":
        if (take(1)[0]! > 5) fail("a newer protocol");
        break;
      case "\x95":
        take(8);
        break;
      case "(":
        stack.push(MARK);
        break;
      case "0":
        pop();
        break;
      case "1":
        sinceMark();
        break;
      case "2":
        stack.push(stack.at(-1) ?? fail("an empty stack"));
        break;
      case "N":
        stack.push(null);
        break;
      case "\x88":
        stack.push(true);
        break;
      case "\x89":
        stack.push(false);
        break;
      case "I":
        stack.push(integerLine(line()) ?? fail("a wrong number"));
        break;
      case "L":
        stack.push(integerLine(line().replace(/L$/, "")) ?? fail("a wrong number"));
        break;
      case "F":
        stack.push(Number(line()));
        break;
      case "J":
        stack.push(take(4).readInt32LE());
        break;
      case "K":
        stack.push(take(1)[0]!);
        break;
      case "M":
        stack.push(take(2).readUInt16LE());
        break;
      case "\x8a":
        stack.push(long(take(take(1)[0]!)));
        break;
      case "\x8b":
        stack.push(long(take(take(4).readInt32LE())));
        break;
      case "G":
        stack.push(take(8).readDoubleBE());
        break;
      case "S":
        stack.push(quoted(line()) ?? fail("a wrong text"));
        break;
      case "V":
        stack.push(
          line().replace(
            /\\u([0-9a-f]{4})|\\U([0-9a-f]{8})/gi,
            (_, four: string | undefined, eight: string) =>
              String.fromCodePoint(Number.parseInt(four ?? eight, 16)),
          ),
        );
        break;
      case "U":
        stack.push(take(take(1)[0]!).toString("latin1"));
        break;
      case "T":
        stack.push(take(take(4).readInt32LE()).toString("latin1"));
        break;
      case "X":
        stack.push(take(take(4).readUInt32LE()).toString("utf8"));
        break;
      case "\x8c":
        stack.push(take(take(1)[0]!).toString("utf8"));
        break;
      case "\x8d":
        stack.push(take(count8()).toString("utf8"));
        break;
      case "C":
        stack.push(new Uint8Array(take(take(1)[0]!)));
        break;
      case "B":
        stack.push(new Uint8Array(take(take(4).readUInt32LE())));
        break;
      case "\x8e":
        stack.push(new Uint8Array(take(count8())));
        break;
      case "}":
        stack.push({});
        break;
      case "]":
      case ")":
      case "\x8f":
        stack.push([]);
        break;
      case "d":
        mapOf(sinceMark());
        break;
      case "l":
      case "t":
      case "\x91":
        stack.push(sinceMark());
        break;
      case "\x85":
      case "\x86":
      case "\x87": {
        const items = [...Array(code.charCodeAt(0) - 0x84)].map(value).reverse();
        stack.push(items);
        break;
      }
      case "a":
        append([value()]);
        break;
      case "e":
      case "\x90":
        append(sinceMark());
        break;
      case "s": {
        const item = value();
        put([value(), item]);
        break;
      }
      case "u":
        put(sinceMark());
        break;
      case "p":
        memo.set(Number(line()), stack.at(-1) ?? fail("an empty stack"));
        break;
      case "q":
        memo.set(take(1)[0]!, stack.at(-1) ?? fail("an empty stack"));
        break;
      case "r":
        memo.set(take(4).readUInt32LE(), stack.at(-1) ?? fail("an empty stack"));
        break;
      case "\x94":
        memo.set(memo.size, stack.at(-1) ?? fail("an empty stack"));
        break;
      case "g":
        recall(Number(line()));
        break;
      case "h":
        recall(take(1)[0]!);
        break;
      case "j":
        recall(take(4).readUInt32LE());
        break;
      case "c":
        global(line(), line());
        break;
      case "\x93": {
        const name = value();
        global(String(value()), String(name));
        break;
      }
      case "R": {
        const given = value();
        const callable = pop();
        if (!isCallable(callable) || !Array.isArray(given)) return fail("a call of what is no function");
        stack.push(
          callPython(callable, given) ??
            fail(`a call of "${callable.python}" with other values than its own`),
        );
        break;
      }
      default:
        fail(`the opcode 0x${code.charCodeAt(0).toString(16).padStart(2, "0")}, which is refused,`);
    }
  }
}

function isMap(item: Item | undefined): item is { [key: string]: PickleValue } {
  return typeof item === "object" && item !== null && !Array.isArray(item) && !(item instanceof Uint8Array) &&
    !isCallable(item);
}

/** Protocol 0 writes booleans as `01` and `00`. */
function integerLine(text: string): number | boolean | string | null {
  if (text === "00" || text === "01") return text === "01";
  if (!/^-?\d+$/.test(text)) return null;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
}

/** Little-endian two's complement; a text when it is too large for a number. */
function long(bytes: Buffer): number | string {
  const big = bytes.reduceRight((sum, byte) => sum << 8n | BigInt(byte), 0n);
  const signed = BigInt.asIntN(bytes.length * 8, big);
  const number = Number(signed);
  return Number.isSafeInteger(number) ? number : String(signed);
}

/** A text in quotes, as Python 2 wrote them; only escapes of single bytes occur in it. */
function quoted(text: string): string | null {
  const inner = /^(['"])(.*)\1$/.exec(text)?.[2];
  return inner?.replace(
    /\\x([0-9a-f]{2})|\\(.)/g,
    (_, hex: string | undefined, letter: string) =>
      hex === undefined
        ? { n: "\n", t: "\t", r: "\r" }[letter] ?? letter
        : String.fromCharCode(Number.parseInt(hex, 16)),
  ) ?? null;
}

function shown(name: string): string {
  return name.replace(/[^\w.]/g, "?").slice(0, 80);
}
