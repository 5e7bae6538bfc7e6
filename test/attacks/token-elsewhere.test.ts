// A token in a query or a form (RFC 6750 2.2, 2.3) ends up in logs and histories (5.3): it is taken from the
// Authorization header and from nowhere else.
import { startStack, type Stack } from "../fixtures/stack.js";

let stack: Stack;
let token: string;
beforeAll(async () => {
  stack = await startStack();
  token = await stack.issuer.mint("alice");
});
afterAll(() => stack.close());

const form = { "content-type": "application/x-www-form-urlencoded" };

test.each<[string, () => Promise<Response>]>([
  ["the query", () => fetch(`${stack.url}/hello?access_token=${token}`)],
  [
    "a form body",
    () => fetch(`${stack.url}/hello`, { method: "POST", headers: form, body: `access_token=${token}` }),
  ],
  ["a cookie", () => fetch(`${stack.url}/hello`, { headers: { cookie: `access_token=${token}` } })],
  [
    "Proxy-Authorization",
    () => fetch(`${stack.url}/hello`, { headers: { "proxy-authorization": `Bearer ${token}` } }),
  ],
])("a token in %s is none: 401 with a bare challenge", async (_where, call) => {
  const response = await call();
  expect(response.status).toBe(401);
  const challenge = response.headers.get("www-authenticate");
  expect(challenge).toMatch(/^Bearer realm="grantway"/);
  expect(challenge).not.toContain("error");
});

test("the grant door, whose answer is a credential, takes no query at all", async () => {
  const response = await fetch(`${stack.url}/grant/hello?access_token=${token}`);
  expect(response.status).toBe(400);
  expect(response.headers.get("www-authenticate")).toBe('Bearer realm="grantway", error="invalid_request"');
});

test("the same token in the Authorization header is taken", async () => {
  const authorization = `Bearer ${token}`;
  expect((await fetch(`${stack.url}/hello`, { headers: { authorization } })).status).toBe(200);
});
