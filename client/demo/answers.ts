// What came of a call, and how it is shown: an answer, a problem (RFC 9457) from whichever step refused, or what the
// browser let the page know of a failure.
import { GrantwayError, type Problem } from "../client.js";
import { create, showFacts } from "./elements.js";

export interface Outcome {
  /** One line: `200 in 34 ms`. */
  readonly status: string;
  readonly requestId?: string | undefined;
  readonly problem?: Problem;
  readonly text?: string;
}

/** Runs a call to its end and tells of it; throws nothing but the end of a sign-in. */
export async function outcomeOf(call: () => Promise<Response>): Promise<Outcome> {
  const startedAt = performance.now();
  try {
    const answer = await call();
    const text = await answer.text();
    return describe(answer, text, performance.now() - startedAt);
  } catch (error) {
    return failure(error);
  }
}

export function describe(answer: Response, text: string, elapsedMs: number): Outcome {
  const line = `${statusOf(answer)} in ${elapsedText(elapsedMs)}`;
  const requestId = requestIdOf(answer);
  const problem = answer.headers.get("content-type")?.startsWith("application/problem+json")
    ? problemIn(text)
    : undefined;
  return problem ? { status: line, requestId, problem } : { status: line, requestId, text: pretty(text) };
}

const statusOf = ({ status, statusText }: Response): string => `${status} ${statusText}`.trim();

const requestIdOf = ({ headers }: Response): string | undefined =>
  headers.get("x-request-id") ?? headers.get("x-amzn-requestid") ?? undefined;

/** What a function calls a problem need not be one. */
function problemIn(text: string): Problem | undefined {
  const value = parse(text) as Partial<Record<keyof Problem, unknown>> | null | undefined;
  const isProblem = [value?.type, value?.title, value?.detail].every((field) => typeof field === "string");
  return isProblem ? (value as Problem) : undefined;
}

const elapsedText = (ms: number): string =>
  ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;

/** The grant step's refusals come as errors, with the same problem in them. */
export function failure(error: unknown): Outcome {
  if (error instanceof DOMException && error.name === "AbortError") return { status: "Stopped" };
  if (error instanceof GrantwayError && error.problem)
    return {
      status: `${error.problem.status} at the grant door`,
      requestId: error.requestId,
      problem: error.problem,
    };
  if (error instanceof GrantwayError) return { status: "The library says", text: error.message };
  if (error instanceof TypeError)
    return {
      status: "No answer that the page may read",
      text: "The call could not be made or broke off, or its answer has no CORS fields for this page. The console says which.",
    };
  throw error;
}

/** An answer that goes on, in the place and shape that it will have: only its last lines. */
export function showComing(place: Element, answer: Response, text: string): void {
  const block = place.querySelector("pre.coming") ?? create("pre", "", "coming");
  if (!block.isConnected) {
    const line = statusLine(`${statusOf(answer)} so far`, requestIdOf(answer));
    place.replaceChildren(line, block);
  }
  block.textContent = lastLines(text);
}

const shownLines = 5;
/** More than five lines are wide, whatever the screen. */
const lastCharacters = 1_000;

const lastLines = (text: string): string =>
  text.slice(-lastCharacters).trimEnd().split("\n").slice(-shownLines).join("\n");

function statusLine(status: string, requestId?: string): HTMLElement {
  const line = create("p", "", "status");
  line.append(create("strong", status));
  if (requestId !== undefined) line.append(" ", create("span", `request ${requestId}`, "quiet"));
  return line;
}

export function showOutcome(place: Element, { status, requestId, problem, text }: Outcome): void {
  const parts: HTMLElement[] = [statusLine(status, problem ? undefined : requestId)];
  if (problem) {
    const list = create("dl", "", "facts");
    showFacts(list, [
      ["Type", problem.type],
      ["Title", problem.title],
      ["Detail", problem.detail],
      ["Request id", requestId],
    ]);
    parts.push(list);
  }
  if (text !== undefined) parts.push(scrolling(text));
  place.replaceChildren(...parts);
}

function scrolling(text: string): HTMLPreElement {
  const block = create("pre", text);
  // What scrolls must be reached by the keyboard.
  block.tabIndex = 0;
  block.setAttribute("role", "region");
  block.setAttribute("aria-label", "The answer's body");
  return block;
}

/** Nobody reads more, and laying out megabytes holds the page up. */
const shownCharacters = 20_000;

function pretty(text: string): string {
  const value = parse(text);
  const whole = value === undefined ? text : JSON.stringify(value, undefined, 2);
  const left = whole.length - shownCharacters;
  return left > 0
    ? `${whole.slice(0, shownCharacters)}\n… and ${left.toLocaleString("en")} characters more`
    : whole;
}

/** Nothing where it is no JSON. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
