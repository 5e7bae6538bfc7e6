// A Hono app that says what it was asked, and answers in the ways that HTTP has. It stands behind every kind of target
// without a line for any of them; the first segment of its paths is the gateway's route.
import { createHash } from "node:crypto";
import { Hono } from "hono";
import { getCookie } from "hono/cookie";

const sha256 = (bytes: ArrayBuffer): string => createHash("sha256").update(Buffer.from(bytes)).digest("hex");

const routes = new Hono();

routes.get("/seen/*", (c) =>
  c.json({
    path: c.req.path.replace(/^\/[^/]+/, ""),
    queries: c.req.queries(),
    note: c.req.header("x-note") ?? null,
    caller: c.req.header("x-caller-sub") ?? null,
    authorization: c.req.header("authorization")?.split(" ")[0] ?? null,
    cookies: getCookie(c),
  }),
);
routes.all("/body", async (c) => {
  const body = await c.req.arrayBuffer();
  const type = c.req.header("content-type") ?? null;
  return c.json({ method: c.req.method, type, length: body.byteLength, sha256: sha256(body) }, 201);
});
routes.get("/text", (c) => c.text("naïve – 花子 🎈"));
routes.get("/page", (c) => c.html("<h1>é</h1>"));
routes.get("/bytes", (c) =>
  c.body(
    Uint8Array.from({ length: 256 }, (_, byte) => byte),
    200,
    { "content-type": "image/png" },
  ),
);
routes.get("/cookies", (c) => {
  c.header("set-cookie", "a=1; Path=/; HttpOnly", { append: true });
  c.header("set-cookie", "b=2; Expires=Wed, 21 Oct 2037 07:28:00 GMT", { append: true });
  return c.json({ set: true });
});
routes.get("/away", (c) => c.redirect("/elsewhere?x=1", 303));
routes.get("/empty", (c) => c.body(null, 204));
routes.get("/refused", (c) => c.json({ message: "Forbidden" }, 403));
routes.get("/challenged", (c) => c.text("who?", 401, { "www-authenticate": 'Basic realm="app"' }));
routes.get("/broken", (c) => c.json({ error: "teapot" }, 503, { "retry-after": "7", "x-reason": "testing" }));
routes.get("/tagged", (c) =>
  c.text("t", 200, { etag: '"v1"', "cache-control": "max-age=60", vary: "accept" }),
);

export const app = new Hono();
app.route("/:target", routes);
