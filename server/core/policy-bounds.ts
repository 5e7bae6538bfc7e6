// What ends or fences in a session besides its statements: the token's end, and the caller's address. A session policy
// only ever narrows, so a bound in it holds whatever the role itself may do.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session

export interface Statement {
  Sid?: string;
  Effect: "Allow" | "Deny";
  Action: string | readonly string[];
  Resource: string | readonly string[];
  Condition?: Conditions;
}
export type Conditions = Record<string, Record<string, string | readonly string[]>>;

export interface PolicyBounds {
  /** Epoch seconds. Nothing is allowed from here on. */
  readonly notAfter?: number;
  /** An IP address. Nothing is allowed from any other. */
  readonly sourceIp?: string;
}

/**
 * Conditions on every Allow; a Deny needs no bound. The configuration may not use these keys under these operators
 * (config/role-schema.ts, config/statement-schema.ts), so nothing is lost.
 */
export function boundAllows(statements: readonly Statement[], bounds: PolicyBounds): Statement[] {
  return statements.map((statement) =>
    statement.Effect === "Deny" ? statement : { ...statement, ...conditionOf(statement, bounds) },
  );
}

function conditionOf({ Condition = {} }: Statement, bounds: PolicyBounds): Pick<Statement, "Condition"> {
  const condition = { ...Condition };
  if (bounds.notAfter !== undefined) {
    condition.DateLessThan = { ...condition.DateLessThan, "aws:CurrentTime": isoSeconds(bounds.notAfter) };
  }
  if (bounds.sourceIp !== undefined) {
    condition.IpAddress = { ...condition.IpAddress, "aws:SourceIp": bounds.sourceIp };
  }
  return Object.keys(condition).length > 0 ? { Condition: condition } : {};
}

/**
 * The same bounds where managed session policies stand beside this one: a session may do what any of its policies
 * allows, so conditions on our own Allows would not bind theirs. A Deny in any of them wins over all.
 */
export function denyOutside({ notAfter, sourceIp }: PolicyBounds): Statement[] {
  const all = { Effect: "Deny", Action: "*", Resource: "*" } as const;
  return [
    ...(notAfter === undefined
      ? []
      : [{ ...all, Condition: { DateGreaterThanEquals: { "aws:CurrentTime": isoSeconds(notAfter) } } }]),
    // Holds for a request without an address too, so one that comes by another way is denied.
    ...(sourceIp === undefined
      ? []
      : [{ ...all, Condition: { NotIpAddress: { "aws:SourceIp": sourceIp } } }]),
  ];
}

const isoSeconds = (seconds: number): string => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
