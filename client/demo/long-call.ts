// The long call, by either door and by both at once: begun, drawn while it comes, stopped. Time is measured here, from the
// click on, so the credentials and the signature are in it.
import type { Client, Door } from "../client.js";
import { describe, failure, showComing, showOutcome, type Outcome } from "./answers.js";
import { createChart, type Lane } from "./chart.js";
import { announce, create, element, elementOf } from "./elements.js";

interface Run {
  readonly startedAt: number;
  readonly seconds: number;
  readonly controller: AbortController;
  /** Seconds since the start. */
  readonly pieces: number[];
  endedAt?: number;
  state: string;
}

const doors = ["proxy", "grant"] as const;
const doorNames = { proxy: "Through the gateway", grant: "Signed here" } as const;
const limitSeconds = 29;

export interface LongCalls {
  readonly start: (door: Door, client: Client) => Promise<void>;
  readonly stop: (door: Door) => void;
}

export function createLongCalls(): LongCalls {
  const runs: Record<Door, Run | undefined> = { proxy: undefined, grant: undefined };
  const chart = createChart(elementOf("chart", SVGSVGElement));
  const facts = { proxy: createFacts("proxy"), grant: createFacts("grant") };
  const seconds = elementOf("seconds", HTMLInputElement);
  let isDrawing = false;

  const draw = (): void => {
    const shown = doors.map((door) => runs[door]);
    const spans = shown.map((run) => run?.seconds ?? 0);
    const wanted = seconds.validity.valid ? seconds.valueAsNumber : 0;
    chart.draw(shown.map(laneOf), Math.max(...spans, shown.some((run) => run) ? 0 : wanted));
    for (const door of doors) facts[door](runs[door]);
    elementOf("chart-text", SVGElement).textContent = doors
      .map((door) => sentenceOf(door, runs[door]))
      .join(" ");
  };
  const drawWhileRunning = (): void => {
    draw();
    isDrawing = doors.some((door) => runs[door] !== undefined && runs[door].endedAt === undefined);
    if (isDrawing) nextFrame(drawWhileRunning);
  };
  const begin = (door: Door): Run => {
    runs[door]?.controller.abort();
    const run = newRun(seconds.valueAsNumber);
    runs[door] = run;
    if (!isDrawing) drawWhileRunning();
    return run;
  };

  seconds.addEventListener("input", () => draw());
  draw();
  return {
    async start(door, client) {
      if (!seconds.reportValidity()) return;
      const run = begin(door);
      setBusy(door, true);
      element(`long-${door}-answer`).replaceChildren();
      announce(`${doorNames[door]}: begun.`);
      try {
        const outcome = await follow(door, client, run);
        if (runs[door] === run) showOutcome(element(`long-${door}-answer`), outcome);
      } finally {
        run.endedAt = performance.now();
        if (runs[door] === run) setBusy(door, false);
        announce(sentenceOf(door, run));
        draw();
      }
    },
    stop: (door) => runs[door]?.controller.abort(),
  };
}

const newRun = (seconds: number): Run => ({
  startedAt: performance.now(),
  seconds,
  controller: new AbortController(),
  pieces: [],
  state: "Waiting",
});

async function follow(door: Door, client: Client, run: Run): Promise<Outcome> {
  const silent = elementOf("silent", HTMLInputElement).checked ? "&silent=1" : "";
  try {
    const { signal } = run.controller;
    const answer = await client.fetch(`/long?seconds=${run.seconds}${silent}`, {
      door,
      route: "long",
      signal,
    });
    const text = await readPieces(answer, run, door);
    run.state = answer.ok ? "Done" : "Refused";
    return describe(answer, text, performance.now() - run.startedAt);
  } catch (error) {
    run.state = run.controller.signal.aborted ? "Stopped" : "Failed";
    return failure(error);
  }
}

async function readPieces(answer: Response, run: Run, door: Door): Promise<string> {
  const decoder = new TextDecoder();
  const reader = answer.body?.getReader();
  let text = "";
  for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
    // A piece that was on its way may be of somebody who has signed out since.
    run.controller.signal.throwIfAborted();
    const second = (performance.now() - run.startedAt) / 1000;
    run.pieces.push(second);
    run.state = "Coming";
    text += decoder.decode(read.value, { stream: true });
    showComing(element(`long-${door}-answer`), answer, text);
    tellMilestones(run, door, second);
  }
  return text;
}

/** The first piece and the first one past the limit; a screen reader that told of each would tell of nothing else. */
function tellMilestones({ pieces }: Run, door: Door, second: number): void {
  const before = pieces.at(-2);
  if (before === undefined)
    announce(`${doorNames[door]}: the first piece after ${second.toFixed(1)} seconds.`);
  else if (before <= limitSeconds && second > limitSeconds)
    announce(`${doorNames[door]}: ${limitSeconds} seconds have passed, and the answer goes on.`);
}

const elapsedOf = ({ startedAt, endedAt = performance.now() }: Run): number => (endedAt - startedAt) / 1000;

const laneOf = (run: Run | undefined): Lane | undefined =>
  run && { elapsed: elapsedOf(run), pieces: run.pieces };

function sentenceOf(door: Door, run: Run | undefined): string {
  if (!run) return `${doorNames[door]}: no call yet.`;
  const pieces = `${run.pieces.length} ${run.pieces.length === 1 ? "piece" : "pieces"}`;
  // Whole seconds while it runs: what is drawn 60 times a second need not be told so often.
  return run.endedAt === undefined
    ? `${doorNames[door]}: running for ${Math.floor(elapsedOf(run))} seconds, ${pieces} so far.`
    : `${doorNames[door]}: ${run.state.toLowerCase()} after ${elapsedOf(run).toFixed(1)} seconds, ${pieces}.`;
}

/** Made once and written only where something is new. */
function createFacts(door: Door): (run: Run | undefined) => void {
  const values = ["State", "Elapsed", "First byte", "Pieces"].map((name) => {
    const value = create("dd");
    element(`long-${door}-facts`).append(create("dt", name), value);
    return value;
  });
  return (run) => {
    const first = run?.pieces[0];
    const texts = [
      run?.state ?? "No call yet",
      run ? `${elapsedOf(run).toFixed(1)} s` : "",
      first === undefined ? "" : `${first.toFixed(2)} s`,
      run ? String(run.pieces.length) : "",
    ];
    values.forEach((value, at) => {
      const text = texts[at] === "" ? "–" : (texts[at] ?? "");
      if (value.textContent !== text) value.textContent = text;
    });
  };
}

function setBusy(door: Door, isBusy: boolean): void {
  const stop = elementOf(`long-${door}-stop`, HTMLButtonElement);
  // A disabled button drops the focus.
  if (!isBusy && document.activeElement === stop) element(`long-${door}`).focus();
  stop.disabled = !isBusy;
}

/** Each frame, or once a second for who wants less motion. */
function nextFrame(draw: () => void): void {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) setTimeout(draw, 1000);
  else requestAnimationFrame(draw);
}
