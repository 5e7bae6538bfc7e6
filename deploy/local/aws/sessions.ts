// The role sessions this twin has lent: credentials that look like AWS's, and whose they are.
// Held in memory only: a restart of the twin revokes them all.
import { randomBytes } from "node:crypto";
import { arnParts } from "../../../server/core/arn.js";
import type { Clock } from "../../../server/ports.js";
import type { Caller, PolicyDocument, Role } from "./model.js";

export interface TokenContent {
  /** Policies and tags, which a real token carries within it. */
  readonly contentBytes: number;
  /** MinimumSessionTokenSize of AssumeRole: a shorter token is padded. */
  readonly minimumBytes: number;
}

export interface SessionSettings {
  readonly sessionName: string;
  readonly durationSeconds: number;
  readonly sourceIdentity?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly transitiveTagKeys?: readonly string[];
  readonly sessionPolicy?: PolicyDocument;
  readonly federatedProvider?: string;
  /** A service lends it to a task or a function, who has no other: what callers take does not push it out. */
  readonly isOfService?: true;
  /** The token is as large as `sessionTokenBytes` says of these. */
  readonly token?: TokenContent;
}

export interface Sessions {
  mint(role: Role, settings: SessionSettings): Caller;
  /** Also finds an expired session, so that whoever asks can say that it expired. */
  find(accessKeyId: string): Caller | undefined;
}

const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
// How the tokens of real STS begin; the rest is opaque there too.
const tokenPrefix = "IQoJb3JpZ2luX2Vj";
const emptyTokenBytes = 540;

/** `limit`, of callers' sessions and of services' own: beyond it one is forgotten, and its credentials are refused. */
export function createSessions(options: { readonly clock: Clock; readonly limit?: number }): Sessions {
  const { clock, limit = 10_000 } = options;
  const ofCallers = new Map<string, Caller>();
  const ofServices = new Map<string, Caller>();

  const mint = (role: Role, settings: SessionSettings): Caller => {
    const now = clock();
    const caller = newSession(role, settings, now);
    const sessions = settings.isOfService === true ? ofServices : ofCallers;
    sessions.set(caller.accessKeyId, caller);
    if (sessions.size > limit) forgetOne(sessions, now);
    return caller;
  };
  return { mint, find: (accessKeyId) => ofCallers.get(accessKeyId) ?? ofServices.get(accessKeyId) };
}

/** The oldest of those that have expired; where none has, the oldest. */
function forgetOne(sessions: Map<string, Caller>, now: number): void {
  const [oldest = ""] = sessions.keys();
  sessions.delete(oldestExpired(sessions, now) ?? oldest);
}

/** Without a copy of them all: at the limit this is asked for each session. */
function oldestExpired(sessions: ReadonlyMap<string, Caller>, now: number): string | undefined {
  for (const [accessKeyId, { expiration }] of sessions) if (expiration <= now) return accessKeyId;
  return undefined;
}

function newSession(role: Role, settings: SessionSettings, nowMs: number): Caller {
  const { sessionName, durationSeconds, sourceIdentity, sessionPolicy, federatedProvider } = settings;
  const { accountId } = arnParts(role.arn);
  return {
    accessKeyId: `ASIA${Array.from(randomBytes(16), (byte) => base32[byte % 32]).join("")}`,
    secretAccessKey: randomBytes(30).toString("base64"),
    sessionToken: newToken(settings.token ?? { contentBytes: 0, minimumBytes: 0 }),
    issuedAt: nowMs,
    // STS answers whole seconds.
    expiration: Math.floor(nowMs / 1000 + durationSeconds) * 1000,
    accountId,
    role,
    arn: `arn:aws:sts::${accountId}:assumed-role/${role.name}/${sessionName}`,
    userId: `${role.roleId}:${sessionName}`,
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    tags: settings.tags ?? {},
    transitiveTagKeys: settings.transitiveTagKeys ?? [],
    ...(sessionPolicy === undefined ? {} : { sessionPolicy }),
    ...(federatedProvider === undefined ? {} : { federatedProvider }),
  };
}

const newToken = (content: TokenContent): string =>
  tokenPrefix + randomBytes(((sessionTokenBytes(content) - tokenPrefix.length) / 4) * 3).toString("base64");

/** Length of the token's base64, which is never padded with `=`: three bytes are four characters. */
export function sessionTokenBytes({ contentBytes, minimumBytes }: TokenContent): number {
  const needed = Math.ceil((emptyTokenBytes + contentBytes) / 3);
  const wanted = Math.ceil((minimumBytes - tokenPrefix.length) / 4);
  return tokenPrefix.length + 4 * Math.max(needed, wanted);
}
