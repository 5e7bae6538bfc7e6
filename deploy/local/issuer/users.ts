// The sample users of the local OpenID provider and the claims their tokens carry. Decides nothing: what a
// user may do is written in the gateway's configuration.

/** Claims of a user, by the names of OpenID Connect Core 5.1; `groups` and `tenant` are the sample company's own. */
export interface UserClaims {
  readonly sub: string;
  readonly name: string;
  readonly email: string;
  readonly email_verified: boolean;
  readonly groups: readonly string[];
  readonly tenant: string;
}

const users: ReadonlyMap<string, UserClaims> = new Map(
  [
    sampleUser("alice", "Alice Example", ["analysts"], "acme"),
    sampleUser("bob", "Bob Example", [], "acme"),
    sampleUser("carol", "Carol Example", ["analysts"], "globex"),
  ].map((user) => [user.sub, user]),
);

export const userNames: readonly string[] = [...users.keys()];

export function findUser(sub: string): UserClaims | undefined {
  return users.get(sub);
}

function sampleUser(sub: string, name: string, groups: readonly string[], tenant: string): UserClaims {
  return { sub, name, email: `${sub}@example.com`, email_verified: true, groups, tenant };
}
