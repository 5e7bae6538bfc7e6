// The long calls on one time axis: a lane for each door, a mark for each piece that came, and where API Gateway's REST
// APIs ended by default (29 s). Positions are percentages, so that nothing is measured and nothing jumps.

export interface Lane {
  /** Seconds since its start. */
  readonly elapsed: number;
  readonly pieces: readonly number[];
}

export interface Chart {
  /** `lanes` in their order, `undefined` for one without a call. */
  readonly draw: (lanes: readonly (Lane | undefined)[], seconds: number) => void;
}

const limitSeconds = 29;
const labels = ["Through the gateway", "Signed here"] as const;
const [firstLaneY, laneHeight, laneDistance] = [38, 24, 48] as const;
const axisY = firstLaneY + laneDistance + laneHeight + 8;
const steps = [1, 2, 5, 10, 20, 30, 60, 120, 300];

export function createChart(svg: SVGSVGElement): Chart {
  const axis = shape("g");
  const lanes = labels.map((label, at) => createLane(label, firstLaneY + at * laneDistance));
  const limit = shape("line", { class: "limit", y1: 18, y2: axisY });
  const limitLabel = shape("text", { class: "limit-label", y: 12, "text-anchor": "middle" });
  limitLabel.textContent = `${limitSeconds} s`;
  svg.append(axis, ...lanes.map(({ group }) => group), limit, limitLabel);
  let drawnSpan = 0;

  return {
    draw(shown, seconds) {
      const longest = Math.max(seconds, ...shown.map((lane) => lane?.elapsed ?? 0));
      const span = Math.max(limitSeconds + 3, longest * 1.02);
      const place = (second: number): string => `${((100 * second) / span).toFixed(3)}%`;
      const isNewSpan = span !== drawnSpan;
      drawnSpan = span;
      if (isNewSpan) {
        drawAxis(axis, span, place);
        set(limit, { x1: place(limitSeconds), x2: place(limitSeconds) });
        set(limitLabel, { x: place(limitSeconds) });
      }
      lanes.forEach((lane, at) => lane.draw(shown[at], place, isNewSpan));
    },
  };
}

function createLane(label: string, y: number) {
  const group = shape("g");
  const pieces = shape("g");
  const bar = shape("rect", { class: "bar", x: 0, y, width: 0, height: laneHeight });
  const name = shape("text", { class: "axis-label", x: 0, y: y - 6 });
  name.textContent = label;
  group.append(
    shape("rect", { class: "lane", x: 0, y, width: "100%", height: laneHeight }),
    bar,
    pieces,
    name,
  );
  let drawn = 0;
  const draw = (lane: Lane | undefined, place: (second: number) => string, isNewSpan: boolean): void => {
    set(bar, { width: lane ? place(lane.elapsed) : 0 });
    const come = lane?.pieces ?? [];
    if (isNewSpan || come.length < drawn) {
      pieces.replaceChildren();
      drawn = 0;
    }
    for (const second of come.slice(drawn)) {
      const x = place(second);
      pieces.append(shape("line", { class: "chunk", x1: x, x2: x, y1: y + 3, y2: y + laneHeight - 3 }));
    }
    drawn = come.length;
  };
  return { group, draw };
}

function drawAxis(axis: SVGGElement, span: number, place: (second: number) => string): void {
  const step = steps.find((each) => span / each <= 8) ?? 300;
  axis.replaceChildren(shape("line", { class: "axis", x1: 0, x2: "100%", y1: axisY, y2: axisY }));
  for (let second = 0; second <= span; second += step) {
    const x = place(second);
    const anchor = second === 0 ? "start" : second > span * 0.95 ? "end" : "middle";
    const label = shape("text", { class: "axis-label", x, y: axisY + 22, "text-anchor": anchor });
    label.textContent = `${second} s`;
    axis.append(shape("line", { class: "axis", x1: x, x2: x, y1: axisY, y2: axisY + 6 }), label);
  }
}

type Attributes = Readonly<Record<string, string | number>>;

function shape<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
): SVGElementTagNameMap[K] {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  set(made, attributes);
  return made;
}

function set(target: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) target.setAttribute(name, String(value));
}
