import fc from "fast-check";
import { parseJsonObject } from "../../server/core/strict-json.js";

const nested = (depth: number) => `{"a":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;

describe("parseJsonObject", () => {
  test.each(["", "{", '{"a":1}x', "{'a':1}", '{"a":1,}', "\ufeff{}"])(
    "refuses %j, which is not JSON",
    (text) => {
      expect(parseJsonObject(text)).toEqual({ ok: false, denial: "is not JSON" });
    },
  );

  test.each(["null", "[]", '"{}"', "7", "true"])("refuses %s, which is no object", (text) => {
    expect(parseJsonObject(text)).toEqual({ ok: false, denial: "is not a JSON object" });
  });

  test.each([
    '{"a":1,"a":1}',
    '{"a":1,"b":2,"a":3}',
    '{"a":1,"\\u0061":2}',
    '{"a" :1,\n"a"\t: 2}',
    '{"x":{"a":1,"a":2}}',
    '{"x":[{"a":1},{"a":1,"a":2}]}',
    '{"a":{"b":1},"a":2}',
    '{"\\"":1,"\\"":2}',
    '{"__proto__":1,"__proto__":2}',
  ])("refuses the member that stands twice in %s", (text) => {
    expect(parseJsonObject(text)).toEqual({ ok: false, denial: "has a member twice" });
  });

  test.each([
    '{"a":1,"b":{"a":1},"c":[{"a":1},{"a":1}]}',
    '{"a":"b","b":"a"}',
    '{"a":["b","b"],"b":1}',
    '{"a":"{\\"a\\":1,\\"a\\":2}"}',
    '{"a":"\\\\","b":"\\\\"}',
    '{"a":"x\\":","b":"x\\":"}',
    "{}",
  ])("takes %s", (text) => {
    expect(parseJsonObject(text)).toEqual({ ok: true, value: JSON.parse(text) as unknown });
  });

  test("takes 32 levels and refuses 33", () => {
    expect(parseJsonObject(nested(32)).ok).toBe(true);
    expect(parseJsonObject(nested(33))).toEqual({ ok: false, denial: "is nested deeper than 32 levels" });
  });

  test("takes whatever JSON.stringify writes, unchanged", () => {
    const members = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 }));
    fc.assert(
      fc.property(members, (value) => {
        const text = JSON.stringify(value);
        expect(parseJsonObject(text)).toEqual({ ok: true, value: JSON.parse(text) as unknown });
      }),
    );
  });

  test("finds a repeated member wherever it stands", () => {
    const members = fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(members, fc.jsonValue({ maxDepth: 3 }), fc.nat(), (names, value, at) => {
        const repeated = [...names, names[at % names.length]];
        const text = `{${repeated.map((name) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join()}}`;
        expect(parseJsonObject(text)).toEqual({ ok: false, denial: "has a member twice" });
      }),
    );
  });
});
