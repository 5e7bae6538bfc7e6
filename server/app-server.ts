// node:http's server for the Express app: quick where Express is slow, and leaving to the app every answer that
// node:http would give alone.
import { IncomingMessage, ServerResponse, createServer, type Server } from "node:http";
import type { Express } from "express";

export interface AppServerOptions {
  readonly maxHeaderSize: number;
  /** How often connections are looked over for requests that take too long to arrive. */
  readonly checkMs?: number;
}

/**
 * node:http's server, made so that its requests and responses are born with the prototypes Express gives them:
 * Express's own `setPrototypeOf` for each request then changes nothing, and V8 keeps its fast paths.
 */
export function createAppServer(app: Express, { maxHeaderSize, checkMs = 5_000 }: AppServerOptions): Server {
  function AppRequest(...args: unknown[]): object {
    return Reflect.construct(IncomingMessage, args, AppRequest) as object;
  }
  AppRequest.prototype = app.request;
  function AppResponse(...args: unknown[]): object {
    return Reflect.construct(ServerResponse, args, AppResponse) as object;
  }
  AppResponse.prototype = app.response;
  const server = createServer(
    {
      IncomingMessage: AppRequest as unknown as typeof IncomingMessage,
      ServerResponse: AppResponse as unknown as typeof ServerResponse,
      maxHeaderSize,
      connectionsCheckingInterval: checkMs,
      // Refused in request-head.ts instead, with an answer that says why.
      requireHostHeader: false,
    },
    app,
  );
  // By number Node would drop fields in silence, a body's length among them; `maxHeaderSize` bounds them all.
  server.maxHeadersCount = 0;
  // What node:http would answer alone: an expectation, met or not, belongs to a request like any other.
  return server.on("checkContinue", app).on("checkExpectation", app);
}
