// Keeps ECS from ending this task while a long call is in flight, by the task's own agent (ECS_AGENT_URI).
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
// When, and for how long, is decided in core/task-protection.ts. Never touches a call: what fails here is a log line.
import { Agent, request } from "undici";
import {
  answered,
  asked,
  look,
  protectionTimes,
  readAnswer,
  requestFor,
  unprotected,
  type ProtectionRefusal,
} from "../core/task-protection.js";
import { refuse, type Result } from "../core/result.js";
import { parseJson } from "../core/strict-json.js";
import type { Clock } from "../ports.js";
import { afterUnreferenced, type After } from "./after.js";
import { faultOf } from "./fetch-json.js";
import type { Log } from "./log.js";

export interface TaskProtectionParts {
  /** ECS_AGENT_URI. */
  readonly agentUri: string;
  readonly callsInFlight: ReadonlySet<object>;
  readonly log: Pick<Log, "info" | "warn">;
  readonly clock: Clock;
  readonly after?: After;
  /** Told of every answer of the agent's, and of its silence. */
  readonly onAnswered?: (asked: { readonly wish: "protected" | "released"; readonly ok: boolean }) => void;
  /** For one request to the agent, which itself gives ECS four seconds. */
  readonly deadlineMs?: number;
}

export interface TaskProtection {
  /** ECS may be holding it, as far as is known here. */
  isHeld(): boolean;
  /** After the drain, once: gives the protection back, and ends what runs here. */
  close(): Promise<void>;
}

export function createTaskProtection(parts: TaskProtectionParts): TaskProtection {
  const { callsInFlight, clock, log, after = afterUnreferenced } = parts;
  const agent = createAgent(parts);
  let state = unprotected;
  let seen = new WeakSet();
  let underWay: Promise<void> | undefined;

  const send = async (enabled: boolean): Promise<void> => {
    const before = state;
    state = asked(state, enabled, clock());
    const answer = await agent.put(enabled);
    const wish = enabled ? "protected" : "released";
    parts.onAnswered?.({ wish, ok: answer.ok });
    state = answered(state, enabled, answer, { now: clock(), before });
    const { failures } = state;
    if (!answer.ok) log.warn({ wish, failures, cause: answer.denial.why }, failed);
    const isRenewal = enabled && before.renewAt > 0 && before.failures === 0;
    if (!answer.ok || isRenewal) return;
    log.info({ callsInFlight: callsInFlight.size }, enabled ? "task protected" : "task protection released");
  };
  const act = (): void => {
    const wish = requestFor(state, clock());
    // One at a time: what the next look finds goes before what this one would have asked for.
    if (wish === undefined || underWay) return;
    underWay = send(wish).finally(() => (underWay = undefined));
  };
  const onLook = (): void => {
    const calls = Array.from(callsInFlight);
    state = look(
      state,
      calls.some((call) => seen.has(call)),
      clock(),
    );
    seen = new WeakSet(calls);
    act();
    callOff = after(protectionTimes.lookMs, onLook);
  };
  let callOff = after(protectionTimes.lookMs, onLook);
  const isHeld = (): boolean => clock() < state.heldUntil;
  return {
    isHeld,
    close: async () => {
      callOff();
      await underWay;
      if (isHeld()) await send(false);
      await agent.close();
    },
  };
}

const failed = "task protection could not be changed; tried again, and a call in flight goes on";

interface TaskAgent {
  /** Never throws. */
  put(enabled: boolean): Promise<Result<undefined, ProtectionRefusal>>;
  close(): Promise<void>;
}

const maxAnswerBytes = 16_384;

function createAgent({ agentUri, deadlineMs = 6_000 }: TaskProtectionParts): TaskAgent {
  const url = `${agentUri.replace(/\/$/, "")}/task-protection/v1/state`;
  // An agent of our own: no proxy of the environment's stands between a task and its agent.
  const dispatcher = new Agent({ connect: { timeout: deadlineMs }, maxResponseSize: maxAnswerBytes });
  const put = async (enabled: boolean): Promise<Result<undefined, ProtectionRefusal>> => {
    const { expiresInMinutes: ExpiresInMinutes } = protectionTimes;
    const wish = { ProtectionEnabled: enabled, ...(enabled && { ExpiresInMinutes }) };
    try {
      const { statusCode, body } = await request(url, {
        dispatcher,
        method: "PUT",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(wish),
        signal: AbortSignal.timeout(deadlineMs),
        // The next request is minutes away, and would find the connection closed.
        reset: true,
      });
      return readAnswer(statusCode, parseJson(await body.text()), enabled);
    } catch (error) {
      return refuse({ why: `the agent ${faultOf(error, deadlineMs, maxAnswerBytes)}`, isDefinite: false });
    }
  };
  return { put, close: () => dispatcher.destroy() };
}
