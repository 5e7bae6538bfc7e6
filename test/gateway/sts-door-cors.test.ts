// The /sts door belongs to no route, so a page at it is held to the top-level `cors` alone.
import type { Cors } from "../../server/core/cors.js";
import { startStack, type Stack } from "../fixtures/stack.js";
import { formOf, postForm } from "../fixtures/sts-caller.js";

const origin = "https://app.example.com";
const cors: Cors = { origins: [origin], credentials: false, maxAgeSeconds: 600 };

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({
    adjust: (settings) => ({
      ...settings,
      cors,
      // Routes that let any page in change nothing.
      routes: settings.routes.map((route) => ({ ...route, cors: { ...cors, origins: ["*"] } })),
    }),
  });
});
afterAll(() => stack.close());

const allowedAt = async (path: string, from: string): Promise<(string | null)[]> => {
  const preflight = await fetch(`${stack.url}${path}`, {
    method: "OPTIONS",
    headers: { origin: from, "access-control-request-method": "POST" },
  });
  const answer = await postForm(`${stack.url}${path}`, formOf(await stack.issuer.mint("alice")), {
    origin: from,
  });
  expect([preflight.status, answer.status]).toEqual([204, 200]);
  return [preflight, answer].map(({ headers }) => headers.get("access-control-allow-origin"));
};

test.each(["/sts", "/sts/hello"])("at %s", async (path) => {
  expect(await allowedAt(path, origin)).toEqual([origin, origin]);
  expect(await allowedAt(path, "https://other.example")).toEqual([null, null]);
});
