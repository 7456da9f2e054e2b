import { afterEach, describe, expect, it, vi } from "vitest";
import { createFramers } from "../../../src/json/framer.ts";
import { createPageScanner } from "../../../src/json/scanner.ts";
import { cut, utf8 } from "../../support/framed.ts";

const RECORD = `{"id":"1","text":"${"x".repeat(100)}"}`;
const pageOf = (records: number, record = RECORD) =>
  `{"value":[${Array.from({ length: records }, () => record).join(",")}]}`;

const framers = createFramers(0);

/** Scans a page in one piece; which buffers its records lay in. */
function buffersOf(page: string, from = framers): Set<ArrayBufferLike> {
  const chunk = utf8(page);
  const scanner = createPageScanner({}, from);
  const buffers = new Set<ArrayBufferLike>();
  scanner.push(chunk, (bytes) => buffers.add(bytes === chunk ? chunk.buffer : bytes.buffer));
  scanner.end();
  scanner.close();
  buffers.delete(chunk.buffer);
  return buffers;
}

describe("the framer", () => {
  it("reads records where there are enough bytes for it, and else the lexer does", () => {
    const usual = createFramers();
    expect(buffersOf(pageOf(1000), usual).size).toBe(1);
    expect(buffersOf(pageOf(10), usual).size).toBe(0);
  });

  it("cuts more records than it has room to note at once", () => {
    expect(cut(pageOf(10_000, "{}")).records).toBe(10_000);
    expect(cut(pageOf(1024, '{"a":"\\u0041","b":1}'), [100_000]).records).toBe(1024);
    // The pieces part an escape that stands behind the last record of which there is room for a note.
    const parted = `{"value":[${"{},".repeat(1024)}{"a":"\\u0041b"}]}`;
    for (let size = parted.length - 16; size < parted.length; size++) {
      expect(cut(parted, [size]).records, `first ${size}`).toBe(1025);
    }
  });

  it("never says of a record with a line break in it that it is one line", () => {
    const page = '{"value":[{"a":1},{"b":\n2},{"c":"\\n"},\r{"d":4\r},{"e":[5]}]}';
    for (let size = 1; size <= page.length; size++) {
      const oneLine: [string, boolean][] = [];
      const scanner = createPageScanner({}, framers);
      for (let at = 0; at < page.length; at += size) {
        scanner.push(utf8(page.slice(at, at + size)), (bytes, start, end, known = false) => {
          oneLine.push([new TextDecoder().decode(bytes.subarray(start, end)), known]);
        });
      }
      scanner.end();
      scanner.close();
      expect(oneLine.filter(([text, known]) => known && /[\r\n]/.test(text)), `pieces of ${size}`).toEqual(
        [],
      );
    }
    const long = `{"value":[${RECORD},${RECORD},{"a":\n1},${RECORD},${RECORD}]}`;
    const known: boolean[] = [];
    createPageScanner({}, framers).push(
      utf8(long),
      (_bytes, _start, _end, oneLine = false) => known.push(oneLine),
    );
    expect([known[0], known.at(-1)]).toEqual([true, true]);
  });

  it("uses the same memory for page after page, but not when a giant made it large", () => {
    const [first] = buffersOf(pageOf(3));
    expect([...buffersOf(pageOf(3))]).toEqual([first]);
    const giant = pageOf(1, `{"a":"${"x".repeat(4_000_000)}"}`);
    const [large] = buffersOf(giant);
    expect(large!.byteLength).toBeGreaterThan(4_000_000);
    const [next] = buffersOf(pageOf(3));
    expect(next!.byteLength).toBeLessThan(3_000_000);
  });

  it("is given back by a page that breaks off, fails or ends, so that there is always one to take", () => {
    const pages = [pageOf(2).slice(0, 60), '{"value":[{"a":}]}', pageOf(2)];
    for (let round = 0; round < 20; round++) {
      for (const page of pages) {
        const scanner = createPageScanner({}, framers);
        try {
          scanner.push(utf8(page), () => {});
        } catch { /* the second page */ }
        scanner.close();
        scanner.close();
      }
    }
    expect(buffersOf(pageOf(2)).size).toBe(1);
  });

  it("is taken by so many pages at once, and the lexer reads what is beyond", () => {
    const open = Array.from({ length: 20 }, () => createPageScanner({}, framers));
    const texts = open.map((scanner) => {
      const found: string[] = [];
      const take = (bytes: Uint8Array, start: number, end: number) =>
        found.push(new TextDecoder().decode(bytes.subarray(start, end)));
      scanner.push(utf8(pageOf(2).slice(0, 60)), take);
      return { scanner, found, take };
    });
    for (const { scanner, take } of texts) scanner.push(utf8(pageOf(2).slice(60)), take);
    for (const { scanner, found } of texts) {
      expect(scanner.end().records).toBe(2);
      scanner.close();
      expect(found).toEqual([RECORD, RECORD]);
    }
  });
});

describe("a runtime without room for another memory", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it.each([0, 1])("reads by the lexer what the %i framers it has room for do not", (room) => {
    const api = (globalThis as unknown as { WebAssembly: { Instance: new (module: object) => object } })
      .WebAssembly;
    let asked = 0;
    class Instance {
      constructor(module: object) {
        if (++asked > room) throw new RangeError("Cannot allocate Wasm memory for new instance");
        return new api.Instance(module);
      }
    }
    vi.stubGlobal("WebAssembly", { Module: (api as unknown as { Module: unknown }).Module, Instance });
    const few = createFramers(0);
    const held = Array.from({ length: room }, () => few.take(1));
    for (let page = 0; page < 3; page++) expect(buffersOf(pageOf(100), few).size).toBe(0);
    expect(asked, "it is not asked for again and again").toBe(room + 1);
    for (const framer of held) framer?.leave();
    expect(buffersOf(pageOf(100), few).size).toBe(room);
  });
});

describe("a runtime without room for a larger memory", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each([0, 1, 5])("reads by the lexer what comes after the memory grew %i times", (times) => {
    const { Memory } =
      (globalThis as unknown as { WebAssembly: { Memory: { prototype: GrowingMemory } } }).WebAssembly;
    const grow = Memory.prototype.grow;
    let grown = 0;
    vi.spyOn(Memory.prototype, "grow").mockImplementation(function (this: GrowingMemory, pages: number) {
      if (grown++ >= times) throw new RangeError("Maximum memory size exceeded");
      return grow.call(this, pages);
    });
    const long = Array.from({ length: 40 }, (_, n) => `{"id":${n},"text":"${"x".repeat(n * 9_000)}"}`);
    const page = utf8(`{"value":[${long.join(",")}]}`);
    const scanner = createPageScanner({}, createFramers(0));
    const found: string[] = [];
    for (let at = 0; at < page.length; at += 50_000) {
      scanner.push(page.subarray(at, at + 50_000), (bytes, start, end) => {
        found.push(new TextDecoder().decode(bytes.subarray(start, end)));
      });
    }
    expect(scanner.end().records).toBe(40);
    scanner.close();
    expect(found).toEqual(long);
    expect(grown).toBeGreaterThan(times);
  });
});

interface GrowingMemory {
  grow(pages: number): number;
}

describe("a runtime without SIMD", () => {
  afterEach(() => vi.unstubAllGlobals());

  it.each([["that refuses the module", {
    Module: class {
      constructor() {
        throw new Error("invalid value type 'v128'");
      }
    },
  }], ["that has no WebAssembly", undefined]])("%s leaves all to the lexer", (_, api) => {
    vi.stubGlobal("WebAssembly", api);
    const without = createFramers(0);
    expect(without.take(1000)).toBeNull();
    expect(buffersOf(pageOf(1000), without).size).toBe(0);
  });
});
