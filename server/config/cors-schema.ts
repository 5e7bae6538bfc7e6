// `cors`, at the top and of a route: which web pages may call (Fetch standard, "CORS protocol").
import { z } from "zod";
import { duration, text } from "./fields.js";

// A web view's origin has a scheme of its own (capacitor://localhost); for http and https the browser's spelling counts.
const corsOrigin = text(
  /^(?:\*|[a-z][a-z0-9+.-]*:\/\/(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?)$/,
  512,
  'must be an origin such as https://app.example.com, without a path, or "*"',
).refine((value) => !/^https?:/.test(value) || (URL.canParse(value) && new URL(value).origin === value), {
  error: "must be spelled as browsers send it: lower case, no default port",
});

export const corsSchema = z
  .strictObject({
    origins: z.array(corsOrigin).min(1).max(100).describe('Exact origins, or "*" for any.'),
    credentials: z.boolean().prefault(false).describe("Whether browsers may send cookies and the like."),
    maxAge: duration("0s", "24h").prefault("10m").describe("How long a browser may keep a preflight answer."),
  })
  .refine(({ origins, credentials }) => !(credentials && origins.includes("*")), {
    path: ["origins"],
    error: 'may not hold "*" while credentials is true: browsers refuse that',
  });
export type CorsEntry = z.output<typeof corsSchema>;
