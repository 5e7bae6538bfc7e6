// A small shop on Hono, one route of which streams.
import { Hono } from "hono";
import { streamHandle } from "hono/aws-lambda";
import { setCookie } from "hono/cookie";
import { streamText } from "hono/streaming";

const app = new Hono();

app.get("/ticks/:count", (context) =>
  streamText(context, async (stream) => {
    const count = Math.min(Number(context.req.param("count")), 1000);
    for (let tick = 1; tick <= count; tick++) await stream.writeln(`tick ${tick}`);
  }),
);

app.post("/orders", async (context) => {
  const order = await context.req.json<{ item: string }>();
  setCookie(context, "basket", order.item);
  return context.json({ ordered: order.item, to: context.req.query("to") }, 201);
});

app.get("/pixel", (context) =>
  context.body(new Uint8Array([137, 80, 78, 71]), 200, { "content-type": "image/png" }),
);

export const handler = streamHandle(app);
