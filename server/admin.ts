// The admin listener, on its own port so that no path of it can be a function's: /livez, /readyz, /metrics.
import express, { type Express } from "express";
import helmet from "helmet";
import { asksForOpenMetrics, plainContentType, plainExposition } from "./adapters/exposition.js";
import type { Metrics } from "./adapters/metrics.js";
import type { Readiness } from "./core/readiness.js";

export interface AdminParts {
  readonly readiness: () => Readiness;
  readonly metrics: Metrics;
}

export function createAdminApp({ readiness, metrics }: AdminParts): Express {
  const app = express();
  app.disable("x-powered-by");
  app.use(helmet());
  app.get("/livez", (_request, response) => {
    response.json({ status: "live" });
  });
  app.get("/readyz", (_request, response) => {
    const { reasons, notes } = readiness();
    response.status(reasons.length === 0 ? 200 : 503);
    const status = reasons.length === 0 ? "ready" : "not ready";
    response.json(notes.length === 0 ? { status, reasons } : { status, reasons, notes });
  });
  app.get("/metrics", async (request, response) => {
    const { contentType, text } = await metrics.read();
    response.vary("accept");
    if (contentType === plainContentType || asksForOpenMetrics(request.headers.accept))
      response.type(contentType).send(text);
    else response.type(plainContentType).send(plainExposition(text));
  });
  app.use((_request, response) => {
    response.status(404).json({ status: "not found", paths: ["/livez", "/readyz", "/metrics"] });
  });
  return app;
}
