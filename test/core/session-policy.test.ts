import fc from "fast-check";
import { compileExpression } from "../../server/core/cel.js";
import { parseTextTemplate } from "../../server/core/session-policy.js";

const compile = (source: string) => compileExpression(source, { type: "string", variables: ["claims"] });

function partsOf(text: string) {
  const parsed = parseTextTemplate(text, compile);
  if (!parsed.ok) return parsed.denial;
  return { literals: parsed.value.literals, slots: parsed.value.slots.map(({ source }) => source) };
}

test.each([
  ["", [""], []],
  ["arn:aws:s3:::reports/*", ["arn:aws:s3:::reports/*"], []],
  ["a/${claims.tenant}/*", ["a/", "/*"], ["claims.tenant"]],
  ["${claims.a}${claims.b}", ["", "", ""], ["claims.a", "claims.b"]],
  ["${claims.a}}", ["", "}"], ["claims.a"]],
  ["cost $5 {x} }", ["cost $5 {x} }"], []],
  ['${"}"}/${claims.a == "}" ? "x}" : "y"}', ["", "/", ""], ['"}"', 'claims.a == "}" ? "x}" : "y"']],
  ['${{"a": "b"}[claims.t]}!', ["", "!"], ['{"a": "b"}[claims.t]']],
])("reads %j", (text, literals, slots) => {
  expect(partsOf(text)).toEqual({ literals, slots });
});

test.each([
  ["a/${claims.tenant", "without its }"],
  ["${", "without its }"],
  ["${}", "not CEL"],
  ["${user.name}/${claims.a}", "slot ${user.name}: Unknown variable: user"],
  ["${1 + 1}", "gives int where string is needed"],
  ["${aws:PrincipalTag/tenant}", "policy variables are not supported"],
  ["${env.NAME}", "Unknown variable: env"],
])("refuses %j", (text, cause) => {
  expect(partsOf(text)).toContain(cause);
});

test("text without ${ is one literal, and literals and slots alternate", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.string().filter((text) => !/[${}]/.test(text)),
        { minLength: 1 },
      ),
      (literals) => {
        expect(partsOf(literals.join("${claims.x}"))).toEqual({
          literals,
          slots: literals.slice(1).map(() => "claims.x"),
        });
      },
    ),
  );
});
