// AWS finds a function by the Host that was signed: a request for another URL must not run this one.
import type { Clock } from "../../../../server/ports.js";
import type { RequestHandler } from "./function-url.js";
import { describeRefusal, newAnswerIds, sendRefusal } from "./refusal.js";

export const forOwnHost =
  (handler: RequestHandler, clock: Clock, log: (line: string) => void): RequestHandler =>
  (req, res) => {
    const port = req.socket.localPort ?? 0;
    const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
    if (hosts.includes(req.headers.host ?? "")) handler(req, res);
    else {
      const ids = newAnswerIds(clock());
      const cause = `Host is ${JSON.stringify(req.headers.host ?? "")}, not ${hosts.join(" or ")}`;
      const error = { status: 403, type: "AccessDeniedException", message: "Forbidden", cause };
      log(describeRefusal(error, ids));
      sendRefusal(res, ids, error);
    }
  };
