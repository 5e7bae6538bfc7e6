import fc from "fast-check";
import { StreamPrelude, type Prelude } from "../../server/core/stream-prelude.js";

const nul = "\0".repeat(8);

/** What is known of a stream, cut into pieces of this size, and of what part of it. */
function look(
  stream: string,
  size = stream.length,
): Prelude & { readonly seen: number; readonly text: string } {
  const prelude = new StreamPrelude();
  const bytes = Buffer.from(stream);
  for (let at = 0; at < bytes.length; at += size) {
    const known = prelude.push(bytes.subarray(at, at + size));
    const seen = Math.min(at + size, bytes.length);
    if (known) return { ...known, seen, text: Buffer.concat(known.rest).toString() };
  }
  const known = prelude.end();
  return { ...known, seen: -1, text: Buffer.concat(known.rest).toString() };
}

test("metadata and content come apart, however they were cut", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.string(),
      fc.integer({ min: 1, max: 40 }),
      (given, content, size) => {
        const metadata = JSON.stringify(given);
        const known = look(`${metadata}${nul}${content}`, size);
        expect(known.metadata).toBe(metadata);
        expect(Buffer.from(content).toString().startsWith(known.text)).toBe(true);
        expect(known.seen).toBeLessThan(Buffer.byteLength(metadata) + 8 + size);
      },
    ),
  );
});

test.each([
  ["data: 1\n\n", 1],
  ["[1]", 1],
  [" {}", 1],
  ['{"a":"}\\"{"}\n', 13],
  ["{}\0\0\0\0\0\0\0x", 10],
])("the stream %j is content, and that is known after %i bytes", (stream, seen) => {
  const known = look(`${stream} and more`, 1);
  expect(known.metadata).toBeUndefined();
  expect(known.text).toBe(stream.slice(0, seen));
  expect(known.seen).toBe(seen);
});

test.each(["", "{", "{}", "{}\0\0\0\0\0\0\0"])("a stream that ends with %j is content", (stream) => {
  expect(look(stream, 1)).toEqual(expect.objectContaining({ seen: -1, text: stream }));
});

test("metadata and delimiter may have 16 KB, and what is longer is content", () => {
  const stream = (bytes: number) => `{"a":"${"x".repeat(bytes - 8 - 8)}"}${nul}rest`;
  for (const size of [1000, 20_000]) {
    expect(look(stream(16_384), size).metadata).toHaveLength(16_384 - 8);
    expect(look(stream(16_385), size).metadata).toBeUndefined();
  }
});
