// A prober learns nothing from a refusal (RFC 6750 section 3.1), while the operator reads how near the token came.
import { startStack, type Stack } from "../fixtures/stack.js";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

const audience = "https://api.grantway.local";

test.each([
  [
    "iss with a slash more",
    () => ({ iss: `${stack.issuer.issuer}/` }),
    () => `configured "${stack.issuer.issuer}", token has a trailing slash`,
  ],
  [
    "iss in other letters",
    () => ({ iss: stack.issuer.issuer.toUpperCase() }),
    () => `configured "${stack.issuer.issuer}", token differs in letter case`,
  ],
  [
    "aud with a slash more",
    () => ({ aud: `${audience}/` }),
    () => `aud is "${audience}/", issuer local asks for "${audience}": token has a trailing slash`,
  ],
  [
    "aud in other letters",
    () => ({ aud: "https://API.grantway.local" }),
    () =>
      `aud is "https://API.grantway.local", issuer local asks for "${audience}": token differs in letter case`,
  ],
])("%s: the cause is in the log and not on the wire", async (_, claims, cause) => {
  const token = await stack.issuer.mint("alice", claims());
  const response = await fetch(`${stack.url}/hello`, { headers: { authorization: `Bearer ${token}` } });
  const requestId = response.headers.get("x-request-id");
  expect(response.status).toBe(401);
  expect(stack.logLines().find((line) => line.requestId === requestId)?.cause).toBe(cause());

  const garbage = await fetch(`${stack.url}/hello`, { headers: { authorization: "Bearer abc" } });
  const seen = async (answer: Response) => ({
    challenge: answer.headers.get("www-authenticate"),
    body: { ...((await answer.json()) as object), instance: undefined },
  });
  expect(await seen(response)).toEqual(await seen(garbage));
});
