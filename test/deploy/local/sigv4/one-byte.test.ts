// Whatever one byte of a signed request changes on its way, the request is refused.
import fc from "fast-check";
import type { SignedRequest } from "../../../../deploy/local/aws/model.js";
import { refusalOf, signWithAws4, startTwin } from "./signing.js";

const { caller, verify } = startTwin();
const request = signWithAws4(caller, {
  method: "POST",
  target: "/reports/%28a%29/b~c?page=1&sort=%2Fname&x-y=",
  body: '{"tenant":"acme","from":1}',
  headers: { "Content-Type": "application/json", "X-Note": "two words" },
});

/** Every place of the request that is under the signature, as text. */
type Place = "method" | "target" | "body" | `header ${number}`;
const values = request.rawHeaders.filter((_text, at) => at % 2 === 1);
const places: readonly Place[] = [
  "method",
  "target",
  "body",
  ...values.map((_value, at) => `header ${at}` as const),
];

function textAt(place: Place): string {
  if (place === "method" || place === "target") return request[place];
  return place === "body" ? String(request.body) : (values[Number(place.slice(7))] ?? "");
}

function withText(place: Place, text: string): SignedRequest {
  if (place === "method" || place === "target") return { ...request, [place]: text };
  if (place === "body") return { ...request, body: Buffer.from(text, "latin1") };
  const at = Number(place.slice(7)) * 2 + 1;
  return { ...request, rawHeaders: request.rawHeaders.map((old, index) => (index === at ? text : old)) };
}

/** Other bytes and the same request: a space more where there is one, `%2f` for `%2F` and `x` for `x=` in the query. */
const meaning = (place: Place, text: string): string => {
  if (place === "target") {
    const escaped = text.replace(/(?<=\?.*)%[0-9A-Fa-f]{2}/g, (hex) => hex.toUpperCase());
    return escaped.replace(/(?<=\?.*[^?&=])=(?=&|$)/g, "");
  }
  if (!place.startsWith("header")) return text;
  const words = text.replace(/ +/g, " ").trim();
  return words.startsWith("AWS4-") ? words.replace(/ ?, ?/g, ",") : words;
};

const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
const change = fc.record({
  place: fc.constantFrom(...places),
  at: fc.nat(),
  by: fc.oneof(byte, fc.constantFrom(...Array.from(" ,;=/%&?+-_~09azAZ\t\0\"'"))),
  kind: fc.constantFrom("replace", "insert", "remove"),
});

const apply = (text: string, at: number, by: string, kind: string): string =>
  text.slice(0, at) + (kind === "remove" ? "" : by) + text.slice(kind === "insert" ? at : at + 1);

test("the request as it was signed is accepted", async () => {
  expect(refusalOf(await verify(request, "lambda"))).toBe("accepted");
});

test("a request with one byte changed, added or taken away is refused", async () => {
  await fc.assert(
    fc.asyncProperty(change, async ({ place, at, by, kind }) => {
      const text = textAt(place);
      const changed = apply(text, at % text.length, by, kind);
      fc.pre(meaning(place, changed) !== meaning(place, text));
      const refusal = refusalOf(await verify(withText(place, changed), "lambda"));
      expect(refusal).toMatch(/^403 \w+Exception: /);
    }),
    { numRuns: 4000 },
  );
});

test("a request with a whole header taken away is refused, whichever it is", async () => {
  const fields = values.map((_value, at) => at * 2);
  for (const at of fields) {
    const rawHeaders = request.rawHeaders.filter((_text, index) => index !== at && index !== at + 1);
    expect(refusalOf(await verify({ ...request, rawHeaders }, "lambda"))).toMatch(/^403 /);
  }
});
