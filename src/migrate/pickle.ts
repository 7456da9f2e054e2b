/**
 * Reads the values that the old collector left as Python pickles. A pickle is a program; this reader knows the part of
 * it that builds plain data, protocols 0 to 5, and moments of `datetime`, and refuses the rest. Nothing is executed.
 */
import { type Callable, callableOf, callPython, isCallable, isKnownName } from "./pickleCalls.ts";
import { type PickleScalar, readScalar } from "./pickleScalars.ts";
import { createPickleSource } from "./pickleSource.ts";

/**
 * Plain data. Sets and tuples are lists, moments are RFC 3339 texts, keys are texts. A part may stand in several
 * places, even within itself.
 */
export type PickleValue =
  | PickleScalar
  | PickleValue[]
  | { [key: string]: PickleValue };

const MARK = Symbol("mark");
type Item = PickleValue | Callable | typeof MARK;

/** @throws PickleError */
export function readPickle(bytes: Uint8Array): PickleValue {
  const source = createPickleSource(bytes);
  const { take, line } = source;
  const fail: (what: string) => never = source.fail;
  const stack: Item[] = [];
  const memo = new Map<number, Item>();

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
    if (pairs.length % 2 !== 0) fail("a key without a value");
    for (let index = 0; index < pairs.length; index += 2) {
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
    const scalar = readScalar(code, source);
    if (scalar !== undefined) {
      stack.push(scalar);
      continue;
    }
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
        const module = value();
        if (typeof name !== "string" || typeof module !== "string") return fail("a function without a name");
        global(module, name);
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

function shown(name: string): string {
  return name.replace(/[^\w.]/g, "?").slice(0, 80);
}
