// What a decision says, with all that an explanation of it needs, and the two searches every decision is made of.
import type { PolicyDocument, PolicyStatement, Principal } from "../model.js";
import type { Context } from "./context.js";
import type { Truth } from "./operators.js";

export interface NamedPolicy extends PolicyDocument {
  readonly name?: string;
}

export type Layer = "identity" | "boundary" | "session" | "resource" | "trust";

/** Named in explanations. */
export interface TrustingRole {
  readonly name: string;
  readonly place?: string;
}

/** The statement that denied. */
export interface Denial {
  readonly policy: NamedPolicy;
  readonly statement: PolicyStatement;
}

export interface Refused {
  readonly allowed: false;
  readonly why: string;
  readonly action: string;
  /** Absent where a trust policy refused. */
  readonly resource?: string;
  readonly context: Context;
  readonly principal?: Principal;
  /** Whose Allow was missing, or whose statement denied. */
  readonly layer: Layer;
  readonly policies: readonly NamedPolicy[];
  /** Absent where no statement allowed. */
  readonly denial?: Denial;
  /** The role whose trust policy refused. */
  readonly role?: TrustingRole;
}

export type Decision = { readonly allowed: true } | Refused;

export type Applies = (statement: PolicyStatement) => Truth;

/** In doubt an Allow does not apply. */
export const allowing = (policies: readonly NamedPolicy[], applies: Applies): PolicyStatement[] =>
  policies
    .flatMap(({ statements }) => statements)
    .filter((statement) => statement.effect === "Allow" && applies(statement) === true);

/** In doubt a Deny applies. */
export function findDenial(policies: readonly NamedPolicy[], applies: Applies): Denial | undefined {
  for (const policy of policies) {
    const statement = policy.statements.find((one) => one.effect === "Deny" && applies(one) !== false);
    if (statement) return { policy, statement };
  }
  return undefined;
}

export const explicitDeny = ({ statement: { sid } }: Denial): string =>
  `explicit deny${sid === undefined ? "" : ` in statement ${sid}`}`;
