import fc from "fast-check";
import { compileSessionPolicy } from "../../server/core/compile-policy.js";
import type { Claims } from "../../server/core/model.js";
import { statementWith, template, variablesWith } from "../fixtures/expression.js";
import { accepted, refused } from "../fixtures/outcome.js";
import { routeWith } from "../fixtures/route.js";

const resource = statementWith({
  Resource: [
    template("arn:aws:s3:::logs"),
    template("arn:aws:s3:::reports/${claims.tenant}-x/${claims.tenant}*"),
  ],
});
const condition = statementWith({
  Resource: [template("arn:aws:s3:::reports")],
  Condition: { StringLike: { "s3:prefix": [template("home"), template("${claims.tenant}/*")] } },
});

const compile = (statement: typeof resource, claims: Claims) =>
  compileSessionPolicy({
    route: routeWith("$default"),
    statements: [statement],
    policyArns: [],
    variables: variablesWith(claims),
  });

const widens = "holds a character that could widen the policy";

describe("a slot in a Resource", () => {
  test.each([
    ["a star", "a*", widens],
    ["a question mark", "a?", widens],
    ["a dollar sign", "a$", widens],
    ["an opening brace", "a{", widens],
    ["a closing brace", "a}", widens],
    ["a policy variable", "${aws:username}", widens],
    ["a slash", "a/b", widens],
    ["a colon", "a:b", widens],
    ["nothing", "", "is empty"],
    ["a character above U+00FF", "花子", "holds a character above U+00FF or a control character"],
    ["a line break", "a\nb", "holds a character above U+00FF or a control character"],
    ["a NUL", "a\u0000", "holds a character above U+00FF or a control character"],
    ["a DEL", "a\u007f", "holds a character above U+00FF or a control character"],
    ["a C1 control character", "a\u0085", "holds a character above U+00FF or a control character"],
    ["a number", 7, "is not a string"],
    ["null", null, "is not a string"],
    ["a list", ["a"], "is not a string"],
    ["a map", { a: "b" }, "is not a string"],
    ["true", true, "is not a string"],
  ])("refuses %s, with the slot's name and without the value", (_, tenant, flaw) => {
    expect(refused(compile(resource, { tenant }))).toEqual({
      reason: "claim_unrepresentable",
      slot: "policy[0].Resource",
      cause: `the value of \${claims.tenant} ${flaw}`,
    });
  });

  test("refuses a claim that is not there", () => {
    expect(refused(compile(resource, {}))).toMatchObject({
      reason: "claim_unrepresentable",
      slot: "policy[0].Resource",
      cause: expect.stringContaining("tenant") as string,
    });
  });

  test.each(["acme", "a b", "..", "é\u00a0ÿ", "a\"b\\c'd", "<&>", "a=b+c,d@e|f~g"])(
    "takes %j as it is",
    (tenant) => {
      const policy = JSON.parse(accepted(compile(resource, { tenant }))) as {
        Statement: { Resource: string[] }[];
      };
      expect(policy.Statement[2]?.Resource[1]).toBe(`arn:aws:s3:::reports/${tenant}-x/${tenant}*`);
    },
  );
});

describe("a slot in a Condition", () => {
  test.each(["a/b", "a:b", "https://login.example.com/x", "repo:org/app"])("takes %s", (tenant) => {
    const text = accepted(compile(condition, { tenant }));
    expect(text).toContain(`"StringLike":{"s3:prefix":["home","${tenant}/*"]}`);
  });

  test.each(["*", "a?", "$", "{", "}", "", "花", "a\tb"])("refuses %j", (tenant) => {
    expect(refused(compile(condition, { tenant }))).toMatchObject({
      reason: "claim_unrepresentable",
      slot: "policy[0].Condition.StringLike.s3:prefix",
    });
  });
});

describe("a slot in an Arn condition", () => {
  const onArn = (operator: string) =>
    statementWith({
      Condition: { [operator]: { "aws:SourceArn": [template("arn:aws:s3:::${claims.name}/*")] } },
    });

  test.each(["ArnEquals", "ArnLike", "ArnNotLike", "ForAnyValue:ArnLikeIfExists"])(
    "(%s) is a part of an ARN and nothing more",
    (operator) => {
      expect(compile(onArn(operator), { tenant: "acme", name: "reports" }).ok).toBe(true);
      for (const name of ["a:b", "a/b", "*"]) {
        expect(refused(compile(onArn(operator), { tenant: "acme", name }))).toMatchObject({
          slot: `policy[0].Condition.${operator}.aws:SourceArn`,
        });
      }
    },
  );
});

describe("a slot in an address condition", () => {
  const onAddress = (operator: string) =>
    statementWith({ Condition: { [operator]: { "aws:SourceIp": [template("${claims.ip}")] } } });

  test.each(["203.0.113.7", "2001:DB8::7"])("takes %s", (ip) => {
    expect(compile(onAddress("IpAddress"), { tenant: "acme", ip }).ok).toBe(true);
  });

  test.each(["0.0.0.0/0", "::/0", "10.0.0.0-10.0.0.9", "x", "10.0.0.1,10.0.0.2", ""])("refuses %j", (ip) => {
    for (const operator of ["IpAddress", "NotIpAddress", "ForAllValues:IpAddressIfExists"]) {
      expect(compile(onAddress(operator), { tenant: "acme", ip }).ok).toBe(false);
    }
  });
});

test("no claim text changes a policy's statements, actions, keys, wildcards or the parts of its ARNs", () => {
  interface Statement {
    readonly Effect: string;
    readonly Action: string | string[];
    readonly Resource: string | string[];
    readonly Condition?: object;
  }
  const shapeOf = (text: string) =>
    (JSON.parse(text) as { Statement: Statement[] }).Statement.map(
      ({ Effect, Action, Resource, Condition }) => ({
        Effect,
        Action,
        parts: [Resource].flat().map((arn) => [arn.split(":").length, arn.split("/").length]),
        wildcards: [Resource].flat().map((arn) => arn.replace(/[^*?${}]/g, "")),
        keys: Object.entries(Condition ?? {}).map(([operator, keys]) => [
          operator,
          Object.keys(keys as object),
        ]),
      }),
    );
  const both = statementWith({ ...resource, Condition: condition.Condition });
  const shape = shapeOf(accepted(compile(both, { tenant: "acme" })));
  const claimText = fc.oneof(
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.string({
      unit: fc.constantFrom("a", "/", ":", "*", "?", "$", "{", "}", '"', "\\", "]", ","),
      maxLength: 6,
    }),
  );
  let taken = 0;
  fc.assert(
    fc.property(claimText, (tenant) => {
      const result = compile(both, { tenant });
      if (!result.ok) return;
      taken += 1;
      expect(shapeOf(result.value)).toEqual(shape);
    }),
    { numRuns: 2000 },
  );
  expect(taken).toBeGreaterThan(50);
});
