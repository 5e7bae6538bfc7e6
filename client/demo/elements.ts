// The page's elements by their ids, and new ones. Text goes in as text: nothing here reads HTML.

export const element = (id: string): HTMLElement => elementOf(id, HTMLElement);

/** @throws where index.html and the script have come apart. */
export function elementOf<T extends Element>(id: string, type: abstract new () => T): T {
  const found: Element | null = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`no ${type.name} ${id}`);
  return found;
}

export function create<K extends keyof HTMLElementTagNameMap>(
  name: K,
  text = "",
  className = "",
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  made.textContent = text;
  if (className !== "") made.className = className;
  return made;
}

/** A fact's value: text, or the moment that something ends, which is counted down to. */
export type Fact = string | { readonly ends: number } | undefined;

/** Facts that nobody told are left out. */
export function showFacts(list: Element, facts: readonly (readonly [name: string, value: Fact])[]): void {
  list.replaceChildren(
    ...facts.flatMap(([name, value]) => {
      if (value === undefined) return [];
      const description = create("dd");
      description.append(typeof value === "string" ? value : countdown(value.ends));
      return [create("dt", name), description];
    }),
  );
}

function countdown(ends: number): HTMLTimeElement {
  const time = create("time");
  time.dateTime = new Date(ends).toISOString();
  time.dataset.ends = String(ends);
  time.textContent = timeLeft(ends - Date.now());
  return time;
}

/** Once a second, for all of them: what is counted down must not be read out each time, so none of it is a live region. */
export function countDown(): void {
  for (const time of document.querySelectorAll<HTMLTimeElement>("time[data-ends]"))
    time.textContent = timeLeft(Number(time.dataset.ends) - Date.now());
}

function timeLeft(ms: number): string {
  if (ms <= 0) return "it has ended";
  const seconds = Math.ceil(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  const parts = [
    hours > 0 ? `${hours} h` : "",
    hours + minutes > 0 ? `${minutes} min` : "",
    `${seconds % 60} s`,
  ];
  return `in ${parts.filter((part) => part !== "").join(" ")}`;
}

/** Read out by screen readers, once. */
export function announce(sentence: string): void {
  element("announcement").textContent = sentence;
}
