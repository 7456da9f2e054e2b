/**
 * Reads the values that the old collector left as Python pickles. A pickle is a program; this reader knows the part of
 * it that builds plain data, protocols 0 to 5, and moments of `datetime`, and refuses the rest. Nothing is executed.
 */
import { callableOf, callPython, isCallable, isKnownName } from "./pickleCalls.ts";
import { createPickleSource, type PickleSource } from "./pickleSource.ts";
import { createPickleStack, type PickleStack } from "./pickleStack.ts";
import { type PickleValue, readScalar } from "./pickleValues.ts";

/** @throws PickleError */
export function readPickle(bytes: Uint8Array): PickleValue {
  const source = createPickleSource(bytes);
  const stack = createPickleStack(source.fail);
  for (;;) {
    const code = String.fromCharCode(source.take(1)[0]!);
    if (code === STOP) return stack.value();
    const scalar = readScalar(code, source);
    if (scalar !== undefined) {
      stack.push(scalar);
      continue;
    }
    const step = STEPS.get(code);
    if (step === undefined) {
      return source.fail(
        `the opcode 0x${code.charCodeAt(0).toString(16).padStart(2, "0")}, which is refused,`,
      );
    }
    step(stack, source);
  }
}

/** Ends the program: its result is on top of the stack. */
const STOP = ".";

type Step = (stack: PickleStack, source: PickleSource) => void;

const newList: Step = (stack) => stack.push([]);
const listSinceMark: Step = (stack) => stack.push(stack.sinceMark());
const appendSinceMark: Step = (stack) => stack.append(stack.sinceMark());
const tupleOf = (size: number): Step => (stack) =>
  stack.push(Array.from({ length: size }, () => stack.value()).reverse());

/** What each opcode does but for those of scalars; by their names in Python's pickletools. */
const STEPS: ReadonlyMap<string, Step> = new Map<string, Step>([
  // PROTO, FRAME
  ["\x80", (_, { take, fail }) => void (take(1)[0]! > 5 && fail("a newer protocol"))],
  ["\x95", (_, { take }) => void take(8)],
  // MARK, POP, POP_MARK, DUP
  ["(", (stack) => stack.mark()],
  ["0", (stack) => void stack.pop()],
  ["1", (stack) => void stack.sinceMark()],
  ["2", (stack) => stack.repeat()],
  // EMPTY_LIST, EMPTY_TUPLE, EMPTY_SET, LIST, TUPLE, FROZENSET, TUPLE1 to TUPLE3
  ["]", newList],
  [")", newList],
  ["\x8f", newList],
  ["l", listSinceMark],
  ["t", listSinceMark],
  ["\x91", listSinceMark],
  ["\x85", tupleOf(1)],
  ["\x86", tupleOf(2)],
  ["\x87", tupleOf(3)],
  // APPEND, APPENDS, ADDITEMS
  ["a", (stack) => stack.append([stack.value()])],
  ["e", appendSinceMark],
  ["\x90", appendSinceMark],
  // EMPTY_DICT, DICT, SETITEM, SETITEMS
  ["}", (stack) => stack.push({})],
  ["d", dictSinceMark],
  ["s", setItem],
  ["u", (stack) => stack.set(stack.sinceMark())],
  // PUT, BINPUT, LONG_BINPUT, MEMOIZE, GET, BINGET, LONG_BINGET
  ["p", (stack, { line }) => stack.memorize(Number(line()))],
  ["q", (stack, { take }) => stack.memorize(take(1)[0]!)],
  ["r", (stack, { take }) => stack.memorize(take(4).readUInt32LE())],
  ["\x94", (stack) => stack.memorize()],
  ["g", (stack, { line }) => stack.recall(Number(line()))],
  ["h", (stack, { take }) => stack.recall(take(1)[0]!)],
  ["j", (stack, { take }) => stack.recall(take(4).readUInt32LE())],
  // GLOBAL, STACK_GLOBAL, REDUCE
  ["c", (stack, source) => pushFunction(stack, source, source.line(), source.line())],
  ["\x93", stackGlobal],
  ["R", reduce],
]);

function dictSinceMark(stack: PickleStack): void {
  const pairs = stack.sinceMark();
  stack.push({});
  stack.set(pairs);
}

function setItem(stack: PickleStack): void {
  const value = stack.value();
  stack.set([stack.value(), value]);
}

function stackGlobal(stack: PickleStack, source: PickleSource): void {
  const name = stack.value();
  const module = stack.value();
  if (typeof name !== "string" || typeof module !== "string") source.fail("a function without a name");
  pushFunction(stack, source, module, name);
}

function pushFunction(stack: PickleStack, source: PickleSource, module: string, name: string): void {
  const callable = `${module}.${name}`;
  if (!isKnownName(callable)) source.fail(`the function "${shown(callable)}", which is refused,`);
  stack.push(callableOf(callable));
}

function reduce(stack: PickleStack, source: PickleSource): void {
  const given = stack.value();
  const callable = stack.pop();
  if (!isCallable(callable) || !Array.isArray(given)) source.fail("a call of what is no function");
  const result = callPython(callable, given);
  stack.push(result ?? source.fail(`a call of "${callable.python}" with other values than its own`));
}

function shown(name: string): string {
  return name.replace(/[^\w.]/g, "?").slice(0, 80);
}
