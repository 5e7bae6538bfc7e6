// A plain web app in a container image. It knows nothing of Lambda: the Lambda Web Adapter in the image turns each call into
// an HTTP request to it, and the same image runs on Fargate or Fly.io. Node 24 runs this file as it stands, types and all.
import { setTimeout as delay } from "node:timers/promises";
import express from "express";

const LONGEST_TICKS = 900;

const app = express();
app.disable("x-powered-by");

app.get("/health", (_req, res) => {
  res.json({ status: "ok" });
});

app.get("/container", (_req, res) => {
  res.json({ hello: "world" });
});

app.get("/container/items/:id", (req, res) => {
  const { q } = req.query;
  res.json({ item: req.params.id, q: typeof q === "string" ? q : null });
});

app.post("/container/items", express.json({ limit: "1mb" }), (req, res) => {
  res.status(201).json({ created: req.body as unknown });
});

/** A line for each tick, sent as it comes. */
app.get("/container/ticks/:count", async (req, res) => {
  const count = Number(req.params.count);
  if (!Number.isInteger(count) || count < 1 || count > LONGEST_TICKS) {
    res.status(400).json({ error: `count is a whole number from 1 to ${LONGEST_TICKS}` });
    return;
  }
  const everyMs = req.query.every === "0" ? 0 : 1000;
  res.type("text/plain");
  for (let tick = 1; tick <= count && !res.closed; tick += 1) {
    res.write(`tick ${tick} of ${count}\n`);
    if (tick < count) await delay(everyMs);
  }
  res.end();
});

const port = Number(process.env.PORT ?? 8080);
// The adapter is on the same machine. Anywhere else, LISTEN=0.0.0.0 lets others in.
const server = app.listen(port, process.env.LISTEN ?? "127.0.0.1");

process.once("SIGTERM", () => {
  server.close();
  server.closeIdleConnections();
});
