// What is sent for one request, before it is signed: the request itself to a function URL or an API, or the event made
// of it to Lambda's Invoke API. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
// Nothing of a request chooses the function or how it is called: both are the route's.
import type { CallerFields } from "./caller-fields.js";
import { forwardedHeaders } from "./forwarded-headers.js";
import type { Inbound } from "./inbound.js";
import { invocationPath } from "./invocation-path.js";
import { invokeEvent } from "./invoke-event.js";
import type { InvokeMode, InvokeTarget, RoleSession, Target } from "./model.js";
import { prefixedTarget } from "./prefixed-target.js";
import type { RawHeaders } from "./raw-headers.js";
import { encodeRfc3986, type RequestTarget } from "./request-target.js";
import { accept, refuse, type Result } from "./result.js";
import type { AmzFields, SignedTarget } from "./sigv4.js";

export interface OutgoingInput {
  readonly inbound: Inbound;
  readonly target: RequestTarget;
  readonly upstream: Target;
  readonly caller: CallerFields;
  readonly body: Buffer;
  readonly session: RoleSession;
  /** Epoch milliseconds. */
  readonly now: number;
}

export interface OutgoingCall {
  readonly method: string;
  readonly target: SignedTarget;
  readonly body: Buffer;
  /** Signed beside SigV4's own. */
  readonly amzFields?: AmzFields;
  /** All header fields, `signed` first. */
  headers(signed: RawHeaders): string[];
}

/** Refuses `body_too_large` and `overloaded`, where it is an event that is sent. */
export function outgoingCall(input: OutgoingInput): Result<OutgoingCall> {
  const { inbound, target, upstream, caller, body } = input;
  if (upstream.kind === "invoke") return invocation(input, upstream);
  return accept({
    method: inbound.method,
    target: upstream.kind === "executeApi" ? prefixedTarget(upstream.basePath, target) : target,
    body,
    headers: (signed) => forwardedHeaders(inbound, caller.identity, signed),
  });
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 6 MB where somebody waits, else 1 MB. */
export const eventLimit = (mode: InvokeMode): number => (mode === "Event" ? 1_048_576 : 6_291_456);

/** How much of a request's body is worth reading: an event is never smaller than what it holds. */
export const bodyLimit = (upstream: Target, bodyBytes: number): number =>
  upstream.kind === "invoke" ? Math.min(bodyBytes, eventLimit(upstream.mode)) : bodyBytes;

function invocation(input: OutgoingInput, upstream: InvokeTarget): Result<OutgoingCall> {
  const event = upstream.raw ? rawEvent(input.body) : madeEvent(input, upstream);
  if (!event.ok) return event;
  return accept({
    method: "POST",
    target: invocationTarget(upstream),
    body: event.value,
    amzFields: invocationFields(upstream, input.caller.tenantId),
    headers: (signed) => [...signed, "content-type", "application/json"],
  });
}

const emptyEvent = Buffer.from("{}");

/** Without a body as Lambda does without a payload. That it is JSON is Lambda's to say: it reads it anyway. */
const rawEvent = (body: Buffer): Result<Buffer> => accept(body.length === 0 ? emptyEvent : body);

/** Base64 makes a body larger by a third, escapes up to six times: text before it is an event, and then refused. */
function madeEvent(input: OutgoingInput, upstream: InvokeTarget): Result<Buffer> {
  const { inbound, target, caller, body, session, now } = input;
  const event = Buffer.from(
    invokeEvent({ inbound, target, identity: caller.identity, body, session, upstream, now }),
  );
  const limitBytes = eventLimit(upstream.mode);
  if (event.length > limitBytes) return refuse({ reason: "body_too_large", limitBytes, counted: "event" });
  const held = inbound.body.hold(event.length);
  return held.ok ? accept(event) : held;
}

function invocationFields({ mode, logTail }: InvokeTarget, tenantId: string | undefined): AmzFields {
  const fields: [name: string, value: string][] = [
    ["x-amz-invocation-type", mode === "ResponseStream" ? "RequestResponse" : mode],
  ];
  if (logTail) fields.push(["x-amz-log-type", "Tail"]);
  if (tenantId !== undefined) fields.push(["x-amz-tenant-id", tenantId]);
  return fields;
}

const targets = new WeakMap<InvokeTarget, SignedTarget>();

/** The same for every call of a route. */
function invocationTarget(upstream: InvokeTarget): SignedTarget {
  const known = targets.get(upstream);
  if (known !== undefined) return known;
  const wire = invocationPath(upstream);
  const canonicalPath = wire.split("/").map(encodeRfc3986).join("/");
  const target: SignedTarget = { wire, canonicalPath, canonicalQuery: "" };
  targets.set(upstream, target);
  return target;
}
