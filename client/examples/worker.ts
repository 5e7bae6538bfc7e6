// A Cloudflare Worker that has the heavy part of a request done by a Lambda function, as the visitor and without an AWS
// key: there is nothing in its environment but addresses. `wrangler.toml`: GATEWAY = "https://gw.example.com",
// ROUTE = "reports". The visitor's token is checked by the gateway, so that the Worker need not.
import { createClient, GrantwayError } from "grantway/client";

export interface Env {
  readonly GATEWAY: string;
  readonly ROUTE: string;
}

/** What the library refuses before anything is sent. */
const visitorsFaults: Readonly<Record<string, number>> = { path_invalid: 400, body_too_large: 413 };

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const token = /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "")?.[1];
    if (token === undefined) return new Response("Sign in first\n", { status: 401 });
    // One per request: it is this visitor's, and a Worker's promises belong to the request that began them.
    const client = createClient({ gateway: env.GATEWAY, route: env.ROUTE, token: () => token });
    const { pathname, search } = new URL(request.url);
    try {
      // Small bodies: signed here, one hop less. Streams and long uploads: `door: "proxy"`.
      return await client.fetch(pathname + search, {
        door: "grant",
        method: request.method,
        headers: { "content-type": request.headers.get("content-type") ?? "application/octet-stream" },
        body: request.body && (await request.arrayBuffer()),
      });
    } catch (error) {
      if (error instanceof GrantwayError)
        return Response.json(
          { code: error.code, requestId: error.requestId },
          { status: error.status ?? visitorsFaults[error.code] ?? 502 },
        );
      throw error;
    }
  },
};
