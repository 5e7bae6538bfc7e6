import fc from "fast-check";
import { findMethod } from "../../../../deploy/local/aws/api-gateway/find-method.js";
import type { ApiMethod } from "../../../../deploy/local/aws/model.js";

const method = (key: string): ApiMethod => {
  const [verb = "", path = ""] = key.split(" ");
  const integration = { kind: "mock", status: 200, body: "" } as const;
  return { method: verb, path, authorization: "NONE", integration };
};
const keys = [
  "GET /",
  "GET /reports",
  "ANY /reports",
  "GET /reports/{id}",
  "GET /reports/latest",
  "GET /reports/{id}/pages/{page}",
  "ANY /files/{proxy+}",
  "GET /files/readme",
  "GET /a/{b}/c",
  "GET /a/x/d",
];
const find = (verb: string, path: string) => {
  const found = findMethod(keys.map(method), verb, path);
  return found && [`${found.method.method} ${found.method.path}`, found.pathParameters];
};

test.each<[verb: string, path: string, key: string, parameters: object | null]>([
  ["GET", "/", "GET /", null],
  ["GET", "/reports", "GET /reports", null],
  ["POST", "/reports", "ANY /reports", null],
  ["GET", "/reports/7", "GET /reports/{id}", { id: "7" }],
  ["GET", "/reports/latest", "GET /reports/latest", null],
  ["GET", "/reports/a%20b/pages/2", "GET /reports/{id}/pages/{page}", { id: "a%20b", page: "2" }],
  ["PATCH", "/files/a/b%2Fc", "ANY /files/{proxy+}", { proxy: "a/b%2Fc" }],
  ["GET", "/files/a/", "ANY /files/{proxy+}", { proxy: "a" }],
])("%s %s is %s", (verb, path, key, parameters) => {
  expect(find(verb, path)).toEqual([key, parameters]);
});

test.each([
  ["POST", "/"],
  ["GET", "/Reports"],
  ["GET", "/reports/"],
  ["GET", "/reports/7/pages"],
  ["GET", "/reports//pages/1"],
  ["GET", "/files"],
  ["GET", "/files/"],
  ["POST", "/files/readme"],
  ["TRACE", "/files/x"],
  ["ANY", "/files/x"],
  ["GET", "/{id}"],
  ["GET", "/constructor"],
])("%s %s is no method", (verb, path) => {
  expect(find(verb, path)).toBeUndefined();
});

test("a way that ends nowhere is not tried again further up", () => {
  expect(find("GET", "/a/x/d")).toEqual(["GET /a/x/d", null]);
  expect(find("GET", "/a/x/c")).toBeUndefined();
});

test("whatever is found has the request's method, or ANY, and as many segments as the path, but for {name+}", () => {
  const segment = fc.constantFrom("reports", "latest", "pages", "files", "a", "x", "c", "{id}", "%2F", "");
  fc.assert(
    fc.property(
      fc.constantFrom("GET", "POST", "ANY", "TRACE"),
      fc.array(segment, { maxLength: 5 }),
      (verb, all) => {
        const path = `/${all.join("/")}`;
        const found = findMethod(keys.map(method), verb, path)?.method;
        if (found === undefined) return;
        expect([verb, "ANY"]).toContain(found.method);
        if (!found.path.endsWith("+}")) expect(found.path.split("/").length).toBe(path.split("/").length);
      },
    ),
  );
});
