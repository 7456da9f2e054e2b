/** The memory of the machine that a pickle is a program for. */
import { type Callable, isCallable } from "./pickleCalls.ts";
import type { PickleSource } from "./pickleSource.ts";
import type { PickleValue } from "./pickleValues.ts";

const MARK = Symbol("mark");
type Item = PickleValue | Callable | typeof MARK;

/** What the opcodes of a pickle work on: a stack, and a memo of what is used again. All fail by a PickleError. */
export interface PickleStack {
  push(item: PickleValue | Callable): void;
  /** Puts a mark, up to which the next {@linkcode sinceMark} takes. */
  mark(): void;
  /** Takes whatever is on top. */
  pop(): Item;
  /** Takes the value on top. */
  value(): PickleValue;
  /** Takes the values above the last mark, and the mark. */
  sinceMark(): PickleValue[];
  /** Puts what is on top there once more. */
  repeat(): void;
  /** Adds to the list on top. */
  append(items: readonly PickleValue[]): void;
  /** Sets keys, each followed by its value, in the map on top. */
  set(pairs: readonly PickleValue[]): void;
  /** Writes down what is on top. @param key @default the number of what was written down before */
  memorize(key?: number): void;
  /** Puts on top what was written down. */
  recall(key: number): void;
}

export function createPickleStack(fail: PickleSource["fail"]): PickleStack {
  const items: Item[] = [];
  const memo = new Map<number, Item>();

  const pop = (): Item => items.length === 0 ? fail("an empty stack") : items.pop()!;
  const top = (): Item => items.at(-1) ?? fail("an empty stack");
  const valueOf = (item: Item): PickleValue =>
    typeof item === "symbol" || isCallable(item)
      ? fail("a mark or a function in the place of a value")
      : item;
  return {
    push: (item) => void items.push(item),
    mark: () => void items.push(MARK),
    pop,
    value: () => valueOf(pop()),
    sinceMark() {
      const mark = items.lastIndexOf(MARK);
      if (mark < 0) fail("a missing mark");
      return items.splice(mark).slice(1).map(valueOf);
    },
    repeat: () => void items.push(top()),
    append(values) {
      const list = items.at(-1);
      if (!Array.isArray(list)) return fail("a value added to what is no list");
      for (const value of values) list.push(value);
    },
    set(pairs) {
      const map = items.at(-1);
      if (!isMap(map)) return fail("a key added to what is no dict");
      if (pairs.length % 2 !== 0) fail("a key without a value");
      for (let index = 0; index < pairs.length; index += 2) {
        const key = pairs[index];
        if (typeof key === "object" && key !== null) fail("a key that is no text or number");
        setMember(map, String(key), pairs[index + 1]!);
      }
    },
    memorize: (key = memo.size) => void memo.set(key, top()),
    recall: (key) => void items.push(memo.get(key) ?? fail("a value that was never kept")),
  };
}

function isMap(item: Item | undefined): item is { [key: string]: PickleValue } {
  return typeof item === "object" && item !== null && !Array.isArray(item) && !(item instanceof Uint8Array) &&
    !isCallable(item);
}

/** Not by assignment: `__proto__` is a name like any other. */
function setMember(map: { [key: string]: PickleValue }, name: string, value: PickleValue): void {
  Object.defineProperty(map, name, { value, enumerable: true, configurable: true, writable: true });
}
