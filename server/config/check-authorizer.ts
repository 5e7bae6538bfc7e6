// What lies between authorizers, issuers and routes: names that are used twice or nowhere, and scopes that no authorizer
// gives. Looks through a view that leaves out what is out of shape, as cross-check.ts does.
import { z } from "zod";
import { formatPath } from "./fault.js";
import type { Fault } from "./fault.js";

export const routeAuthorizerView = z.object({
  authorizer: z.string().optional().catch(undefined),
  scopes: z.array(z.unknown()).catch([]),
});

type RouteAuthorizerView = z.output<typeof routeAuthorizerView>;

/** Written empty on purpose; left out, it is the schema's fault to tell. */
const emptyIssuers = z.object({ issuers: z.tuple([]) });

export function checkIssuers(document: unknown, routes: readonly RouteAuthorizerView[]): Fault[] {
  if (!emptyIssuers.safeParse(document).success) return [];
  const index = routes.findIndex(({ authorizer }) => authorizer === undefined);
  if (index < 0) return [];
  return [{ path: "issuers", message: `must not be empty: routes[${index}] has no authorizer` }];
}

interface Named {
  readonly name?: string | undefined;
}

/** Session names begin with the voucher's name: two callers of one name must not become one. */
export function checkAuthorizerName(
  name: string | undefined,
  index: number,
  issuers: readonly Named[],
): Fault[] {
  const at = name === undefined ? -1 : issuers.findIndex((issuer) => issuer.name === name);
  if (at < 0) return [];
  return [{ path: formatPath(["authorizers", index, "name"]), message: `is already used by issuers[${at}]` }];
}

export function checkAuthorizer(
  { authorizer, scopes }: RouteAuthorizerView,
  index: number,
  authorizers: readonly Named[],
): Fault[] {
  if (authorizer === undefined) return [];
  const known = authorizers.flatMap(({ name }) => name ?? []);
  const fault = (key: string, message: string): Fault => ({
    path: formatPath(["routes", index, key]),
    message,
  });
  const names = known.slice(0, 20).join(", ");
  return [
    ...(known.includes(authorizer)
      ? []
      : [fault("authorizer", `there is no authorizer ${JSON.stringify(authorizer)}; known are ${names}`)]),
    ...(scopes.length === 0
      ? []
      : [
          fault(
            "scopes",
            "are a token's; beside an authorizer, ask in a role's `when` for what its context says",
          ),
        ]),
  ];
}
