// Contrast as it is computed (WCAG 2.2): texts below 4.5 (1.4.3), and edges of controls below 3 (1.4.11).

type Colour = readonly [red: number, green: number, blue: number, alpha: number];

export function contrasts(): string[] {
  const texts = [...document.body.querySelectorAll("*")].filter(isSeenText);
  const controls = [...document.querySelectorAll("button, input[type=number]")].filter(isSeen);
  const faults = [
    ...texts.flatMap((element) => {
      const { color, fill } = getComputedStyle(element);
      const svg = element.closest("svg");
      return below(4.5, "text", element, svg ? fill : color, svg ? svg.parentElement : element);
    }),
    ...controls.flatMap((control) =>
      below(3, "edge", control, getComputedStyle(control).borderTopColor, control.parentElement),
    ),
  ];
  return texts.length < 30 || controls.length < 5 ? [...faults, "hardly anything was measured"] : faults;
}

function below(
  least: number,
  what: string,
  element: Element,
  colour: string,
  ground: Element | null,
): string[] {
  const found = ratio(parse(colour), groundOf(ground));
  return found < least
    ? [`${what} of ${element.tagName} ${element.id || element.className} is ${found.toFixed(2)}`]
    : [];
}

const isSeen = (element: Element): boolean => element.getBoundingClientRect().width > 1;

const isSeenText = (element: Element): boolean =>
  isSeen(element) &&
  element.closest("noscript") === null &&
  [...element.childNodes].some((node) => node instanceof Text && node.data.trim() !== "");

function parse(text: string): Colour {
  const [red = 0, green = 0, blue = 0, alpha = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
  return [red, green, blue, alpha];
}

function groundOf(element: Element | null): Colour {
  if (!element) return [255, 255, 255, 1];
  const colour = parse(getComputedStyle(element).backgroundColor);
  return colour[3] === 0 ? groundOf(element.parentElement) : colour;
}

function ratio(one: Colour, other: Colour): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance([red, green, blue]: Colour): number {
  const part = (value: number): number =>
    value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  return 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue);
}
