// What the tests look at from within the page: put into it before its own script, called by name (`inPage.contrasts()`).
import { contrasts } from "./contrasts.js";

declare const tellViolation: (text: string) => void;

addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
  tellViolation(`${violatedDirective} ${blockedURI}`),
);

const all = (selector: string): Element[] => [...document.querySelectorAll(selector)];
const announcements: string[] = [];
const shifts: number[] = [];

function nameOf(control: Element): string {
  if (control instanceof HTMLInputElement)
    return [...(control.labels ?? [])].map((label) => label.textContent).join("");
  return control instanceof HTMLButtonElement
    ? control.textContent
    : (control.getAttribute("aria-label") ?? "");
}

function structure() {
  const levels = all("h1, h2, h3").map(({ tagName }) => Number(tagName[1]));
  const ids = all("[id]").map(({ id }) => id);
  const references = all("[aria-labelledby], label[for]").flatMap((each) =>
    (each.getAttribute("aria-labelledby") ?? each.getAttribute("for") ?? "").split(" "),
  );
  const small = all("button, input").filter((each) => {
    const { width, height } = each.getBoundingClientRect();
    return width > 0 && (width < 20 || height < 20);
  });
  const controls = all("button, input, pre");
  return {
    language: document.documentElement.lang,
    controls: controls.length,
    nameless: controls.filter((each) => nameOf(each).trim() === "").length,
    jumps: levels.filter((level, at) => level - (levels[at - 1] ?? 0) > 1).length,
    tops: levels.filter((level) => level === 1).length,
    doubled: ids.filter((id, at) => ids.indexOf(id) !== at),
    dangling: references.filter((id) => !ids.includes(id)),
    small: small.length,
  };
}

const inPage = {
  contrasts,
  structure,
  announcements,
  shifts,
  watchAnnouncements(): void {
    const place = document.getElementById("announcement");
    if (!place) throw new Error("nothing announces");
    new MutationObserver(() => announcements.push(place.textContent)).observe(place, { childList: true });
  },
  watchShifts(): void {
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        shifts.push((entry as PerformanceEntry & { value: number }).value);
    }).observe({ type: "layout-shift" });
  },
  focused: (): string => document.activeElement?.textContent.replaceAll(/\s+/g, " ").trim() ?? "",
  focusedId: (): string => document.activeElement?.id ?? "",
  outline: (): string =>
    document.activeElement ? getComputedStyle(document.activeElement).outlineStyle : "no focus",
  piecesBeyondLimit(): number {
    const limit = document.querySelector("#chart .limit")?.getBoundingClientRect().x ?? Infinity;
    return all("#chart .chunk").filter((line) => line.getBoundingClientRect().x > limit).length;
  },
  tooWide: (): string[] =>
    all("body *").flatMap((each) => {
      const { right, width } = each.getBoundingClientRect();
      return width > 1 && right > innerWidth ? [`${each.tagName} ${each.id}`] : [];
    }),
  empty: (id: string): void => document.getElementById(id)?.replaceChildren(),
  clickAll(ids: readonly string[]): void {
    for (const id of ids) document.getElementById(id)?.click();
  },
};
Object.assign(globalThis, { inPage });
