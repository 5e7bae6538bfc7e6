// One session, told by three: what the page was given, what the function saw of its caller, and what AWS wrote down. None
// is guessed from another.
import type { Client, Door, Grant } from "../client.js";
import { describe, failure, parse, showOutcome } from "./answers.js";
import { announce, element, showFacts } from "./elements.js";

/** https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads */
interface Caller {
  readonly accessKey: string;
  readonly accountId: string;
  readonly userArn: string;
}

/** deploy/local/aws/sts/recorded-session.ts */
interface RecordedSession {
  readonly sourceIdentity?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly issuedAt: string;
  readonly expiration: string;
}

/** `isWanted`: whether whoever asked is still signed in when the answer comes. */
export async function askForSession(door: Door, client: Client, isWanted: () => boolean): Promise<void> {
  const startedAt = performance.now();
  const place = element("session-answer");
  try {
    const answer = await client.fetch("/echo/session", { door, route: "echo" });
    const text = await answer.text();
    const caller = answer.ok ? callerIn(text) : undefined;
    const grant = caller && door === "grant" ? await client.grant({ route: "echo" }) : undefined;
    const record = caller && (await readRecord(caller));
    if (!isWanted()) return;
    if (!caller) {
      showOutcome(place, describe(answer, text, performance.now() - startedAt));
      return;
    }
    showGiven(grant);
    showSeen(caller);
    showRecord(record);
    place.replaceChildren();
    element("session").hidden = false;
    announce("The session is shown.");
  } catch (error) {
    if (isWanted()) showOutcome(place, failure(error));
  }
}

/** Of the event that the function answers. */
function callerIn(text: string): Caller | undefined {
  const event = parse(text) as {
    readonly requestContext?: { readonly authorizer?: { iam?: Caller } };
  } | null;
  return event?.requestContext?.authorizer?.iam;
}

async function readRecord({ accessKey }: Caller): Promise<RecordedSession | undefined> {
  const answer = await fetch(`sessions/${accessKey}`);
  return answer.ok ? ((await answer.json()) as RecordedSession) : undefined;
}

function showGiven(grant: Grant | undefined): void {
  showFacts(
    element("grant-facts"),
    grant
      ? [
          ["Role", grant.RoleArn],
          ["Access key id", grant.AccessKeyId],
          ["Region", grant.Region],
          ["Calls go to", grant.FuncUrl],
          ["Ends", { ends: Date.parse(grant.Expiration) }],
        ]
      : [["Credentials", "None: they stay with the gateway, which signs with them."]],
  );
}

function showSeen({ userArn, accountId, accessKey }: Caller): void {
  // arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION
  const [, role, sessionName] = userArn.split("/");
  showFacts(element("seen-facts"), [
    ["Role", role],
    ["Session name", sessionName],
    ["Account", accountId],
    ["Access key id", accessKey],
  ]);
}

function showRecord(record: RecordedSession | undefined): void {
  if (!record) {
    showFacts(element("record-facts"), [["Session", "The local AWS knows no such session."]]);
    return;
  }
  const { sourceIdentity, tags, issuedAt, expiration } = record;
  showFacts(element("record-facts"), [
    ["Source identity", sourceIdentity ?? "None"],
    ...Object.entries(tags).map(([key, value]) => [`Tag ${key}`, value] as const),
    ["Began", new Date(issuedAt).toLocaleTimeString()],
    ["Ends", { ends: Date.parse(expiration) }],
  ]);
}
