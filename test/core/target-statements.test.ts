// What a route needs, before the local AWS's own evaluator: a session may call what the route can match, and beside it
// only what IAM's wildcards cannot tell from that.
import fc from "fast-check";
import { evaluate } from "../../deploy/local/aws/iam/evaluate.js";
import { parsePolicyText } from "../../deploy/local/aws/iam/parse-policy.js";
import { compileSessionPolicy } from "../../server/core/compile-policy.js";
import type { ExecuteApiTarget, InvokeTarget, Route, RouteSegment } from "../../server/core/model.js";
import { anyMethods } from "../../server/core/route-key.js";
import { targetStatements } from "../../server/core/target-statements.js";
import { accepted } from "../fixtures/outcome.js";
import { functionArn, routeWith } from "../fixtures/route.js";

const endpoint = { origin: "https://a.example", host: "a.example", region: "eu-west-1", service: "s" };
const stage: ExecuteApiTarget = {
  ...{ kind: "executeApi", ...endpoint, basePath: "/prod" },
  stageArn: "arn:aws:execute-api:eu-west-1:*:abc123/prod",
};
const invoke: InvokeTarget = {
  ...{ kind: "invoke", ...endpoint, functionArn, mode: "RequestResponse" },
  ...{ raw: false, logTail: false },
};
const onStage = (key: string) => routeWith(key, { target: stage });

function mayCall(route: Route) {
  const text = accepted(
    compileSessionPolicy({ route, statements: [], policyArns: [], variables: { claims: {} } }),
  );
  const session = accepted(parsePolicyText(text, "session"));
  const everything = [
    { statements: [{ effect: "Allow", actions: ["*"], resources: ["*"], conditions: [] } as const] },
  ];
  return (resource: string, action = "execute-api:Invoke") =>
    evaluate({ action, resource, context: {} }, { identity: everything, session }, () => undefined).allowed;
}

const resourceOf = (method: string, path: string, ofStage = "abc123/prod") =>
  `arn:aws:execute-api:eu-west-1:123456789012:${ofStage}/${method}${path}`;

describe("a session for a stage", () => {
  const may = mayCall(onStage("ANY /reports/{proxy+}"));

  test.each(anyMethods)("may %s what the route matches", (method) => {
    expect(may(resourceOf(method, "/reports/7"))).toBe(true);
    expect(may(resourceOf(method, "/reports/7/pages"))).toBe(true);
  });

  test.each([
    ["the path beside it", resourceOf("GET", "/reportsx/7")],
    ["the path above it", resourceOf("GET", "/reports")],
    ["the same path below another", resourceOf("GET", "/admin/reports/7")],
    ["a method that API Gateway does not know", resourceOf("TRACE", "/reports/7")],
    ["another stage", resourceOf("GET", "/reports/7", "abc123/test")],
    ["a stage of a like name", resourceOf("GET", "/reports/7", "abc123/production")],
    ["another API", resourceOf("GET", "/reports/7", "abc124/prod")],
    ["another region", resourceOf("GET", "/reports/7").replace("eu-west-1", "us-east-1")],
  ])("may not call %s", (_, resource) => {
    expect(may(resource)).toBe(false);
  });

  test("may not push to its connections, nor touch its cache", () => {
    for (const action of ["execute-api:ManageConnections", "execute-api:InvalidateCache"]) {
      expect(may(resourceOf("GET", "/reports/7"), action)).toBe(false);
    }
  });

  test.each([
    ["GET /", "GET", "/", "/x"],
    ["GET /price*", "GET", "/price*", "/prices"],
    ["GET /$batch", "GET", "/$batch", "/batch"],
    ["GET /a(b)'!~@,;=&+", "GET", "/a(b)'!~@,;=&+", "/a"],
    ["GET /time/12:00", "GET", "/time/12:00", "/time/12:01"],
  ])("reads %s to the letter", (key, method, path, other) => {
    const alone = mayCall(onStage(key));
    expect(alone(resourceOf(method, path))).toBe(true);
    expect(alone(resourceOf(method, other))).toBe(false);
    expect(alone(resourceOf("POST", path))).toBe(false);
  });

  test.each(["$default", "ANY /{proxy+}"])("may call all of it for %s, and nothing beside it", (key) => {
    const all = mayCall(onStage(key));
    expect(all(resourceOf("DELETE", "/any/path"))).toBe(true);
    expect(all(resourceOf("GET", "/"))).toBe(true);
    expect(all(resourceOf("GET", "/", "abc123/production"))).toBe(false);
  });

  test("has one method's resource for `GET /{proxy+}`", () => {
    const [statement] = targetStatements(onStage("GET /{proxy+}"));
    expect(statement?.Resource).toBe(`${stage.stageArn}/GET/*`);
  });
});

const literal = fc.constantFrom(
  "reports",
  "admin",
  "report",
  "v1",
  "7",
  "GET",
  "prod",
  "a*b",
  "$x",
  "*",
  "a.b",
);
const value = fc.oneof(literal, fc.stringMatching(/^[A-Za-z0-9._~*$!-]{1,6}$/));
const method = fc.constantFrom(...anyMethods);
const segment = fc.oneof(
  { weight: 3, arbitrary: literal.map((text): RouteSegment => ({ kind: "literal", text })) },
  fc.constant<RouteSegment>({ kind: "parameter", name: "id" }),
);
const routes = fc
  .record({
    method: fc.oneof(method, fc.constant("ANY")),
    segments: fc.array(segment, { maxLength: 4 }),
    isGreedy: fc.boolean(),
  })
  .map(({ isGreedy, segments, ...route }) => ({
    ...routeWith("$default", { target: stage }),
    ...route,
    segments: isGreedy ? [...segments, { kind: "greedy", name: "rest" } as const] : segments,
  }));

const pathOf = (segments: readonly string[]) => `/${segments.join("/")}`;

describe("for any route of a stage", () => {
  test("all that it matches is allowed", () => {
    fc.assert(
      fc.property(
        routes,
        method,
        fc.array(value, { minLength: 6, maxLength: 8 }),
        (route, called, values) => {
          const rest = [...values];
          const path = route.segments.flatMap((each) => {
            if (each.kind === "literal") return [each.text];
            return each.kind === "parameter" ? rest.splice(0, 1) : rest.splice(0, 2);
          });
          const own = route.method === "ANY" ? called : route.method;
          expect(mayCall(route)(resourceOf(own, pathOf(path)))).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("what is allowed has its method and its literals in their order, from the first to the last", () => {
    let allowed = 0;
    fc.assert(
      fc.property(routes, method, fc.array(value, { maxLength: 6 }), (route, called, path) => {
        const isAllowed = mayCall(route)(resourceOf(called, pathOf(path)));
        if (isAllowed) allowed += 1;
        const texts = route.segments.map((each) =>
          each.kind === "literal" ? each.text.replace(/[*$.]/g, "\\$&") : "[^]*",
        );
        const isOfMethod = route.method === "ANY" || route.method === called;
        const isBelow = new RegExp(`^/${texts.join("/")}$`).test(pathOf(path));
        expect(isAllowed).toBe(isOfMethod && isBelow);
      }),
      { numRuns: 3000 },
    );
    expect(allowed).toBeGreaterThan(50);
  });
});

describe("a session for the Invoke API", () => {
  const may = mayCall(routeWith("POST /jobs", { target: invoke }));

  test("may invoke the function by its alias", () => {
    expect(may(functionArn, "lambda:InvokeFunction")).toBe(true);
  });

  test.each([
    ["the function's URL", functionArn, "lambda:InvokeFunctionUrl"],
    ["the old asynchronous call", functionArn, "lambda:InvokeAsync"],
    ["another alias", functionArn.replace(":live", ":test"), "lambda:InvokeFunction"],
    ["the unqualified function", functionArn.replace(":live", ""), "lambda:InvokeFunction"],
    ["a version", functionArn.replace(":live", ":7"), "lambda:InvokeFunction"],
    ["another function", functionArn.replace("reports", "payroll"), "lambda:InvokeFunction"],
    ["what the function is", functionArn, "lambda:GetFunction"],
  ])("may not call %s", (_, resource, action) => {
    expect(may(resource, action)).toBe(false);
  });

  test("may call $LATEST where that is what the ARN says, and no alias", () => {
    const latest = functionArn.replace(":live", ":$LATEST");
    const mayLatest = mayCall(routeWith("POST /jobs", { target: { ...invoke, functionArn: latest } }));
    expect(mayLatest(latest, "lambda:InvokeFunction")).toBe(true);
    expect(mayLatest(functionArn, "lambda:InvokeFunction")).toBe(false);
  });
});
