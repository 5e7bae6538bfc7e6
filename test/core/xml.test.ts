// Text stays text, whatever it holds.
import fc from "fast-check";
import { writeXml } from "../../server/core/xml.js";

test("elements stand in order, and those without content are left out", () => {
  const written = writeXml([
    ["A", "x"],
    ["B", undefined],
    ["C", [["D", 7]]],
    ["E", ""],
  ]);
  expect(written).toBe("<A>x</A><C><D>7</D></C><E></E>");
});

test.each([
  ["<admin>", "&lt;admin&gt;"],
  ["]]>", "]]&gt;"],
  ["&lt;", "&amp;lt;"],
  [`"'`, "&quot;&apos;"],
  ["a\r\nb\tc", "a&#xD;\nb\tc"],
  ["\u0000\u0008\u001b", "\ufffd\ufffd\ufffd"],
  ["\ud800", "\ufffd"],
  ["\uffff", "\ufffd"],
  ["\u{1f600}", "\u{1f600}"],
])("writes %j as %j", (text, expected) => {
  expect(writeXml([["A", text]])).toBe(`<A>${expected}</A>`);
});

/** As XML 1.0 section 4.6 and 4.1 have it. */
const readBack = (xml: string): string =>
  xml
    .replace(
      /&(lt|gt|quot|apos);/g,
      (_, name: string) => ({ lt: "<", gt: ">", quot: '"', apos: "'" })[name] ?? "",
    )
    .replaceAll("&#xD;", "\r")
    .replaceAll("&amp;", "&");

test("no text opens or closes an element, and each is read back as it was", () => {
  const hostile = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({
      unit: fc.constantFrom("<", ">", "&", "]]>", "</A>", "<!--", "<![CDATA[", "&#x3c;", "\r", "a"),
    }),
  );
  fc.assert(
    fc.property(hostile, (text) => {
      const content = writeXml([["A", text]]).slice("<A>".length, -"</A>".length);
      expect(content).not.toMatch(/[<>]/);
      if (!content.includes("\ufffd")) expect(readBack(content)).toBe(text);
    }),
    { numRuns: 500 },
  );
});
