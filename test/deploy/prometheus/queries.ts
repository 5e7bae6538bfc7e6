// The rules of deploy/prometheus and the panels of deploy/grafana as data, and what their PromQL names: metrics, labels, and
// the values that a matcher looks for.
import { readFileSync } from "node:fs";
import { parse } from "yaml";

export interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export type Alert = Rule & { readonly alert: string };

const { groups } = parse(readFileSync("deploy/prometheus/alerts.yaml", "utf8")) as {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
};
export const rules = groups.flatMap((group) => group.rules);
export const alerts = rules.filter((rule): rule is Alert => rule.alert !== undefined);

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: unknown;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly targets?: readonly {
    readonly refId: string;
    readonly expr: string;
    readonly legendFormat: string;
    readonly exemplar?: boolean;
  }[];
}

export interface Dashboard {
  readonly __inputs: readonly { readonly name: string; readonly pluginId: string }[];
  readonly __requires: readonly { readonly id: string }[];
  readonly schemaVersion: number;
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition: string }[] };
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
  readonly panels: readonly Panel[];
}

export const dashboardText = readFileSync("deploy/grafana/dashboard.json", "utf8");
export const dashboard = JSON.parse(dashboardText) as Dashboard;

/** Every query of the dashboard, its variables filled in as Grafana does it. */
export const dashboardQueries = [
  ...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
  ...dashboard.annotations.list.map(({ expr }) => expr),
].map((expr) => expr.replaceAll("$__rate_interval", "1m").replaceAll(/\$(?:job|instance|route)\b/g, ".*"));

export interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

export interface Selector {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
}

const selector = /\b((?:job:)?(?:grantway|process|nodejs)_[\w:]+|up)\b(?:\{([^}]*)\})?/g;
const matcher = /(\w+)(=~|!~|!=|=)"([^"]*)"/g;

export const selectorsIn = (expr: string): Selector[] =>
  Array.from(expr.matchAll(selector), ([, metric = "", inner = ""]) => ({
    metric,
    matchers: Array.from(inner.matchAll(matcher), ([, label = "", operator = "", value = ""]) => ({
      label,
      operator,
      value,
    })),
  }));

/** Labels that an expression joins or groups by; `on ()` has none. */
export const groupingsIn = (expr: string): string[] =>
  Array.from(expr.matchAll(/\b(?:by|on) ?\(([^)]+)\)/g), ([, names = ""]) => names.split(/, ?/)).flat();

/** `token_(a|b)|c` -> `token_a`, `token_b`, `c`: all that a pattern of our own rules can mean. */
export function alternativesOf(pattern: string): string[] {
  const group = /^(.*?)\(([^()]*)\)(.*)$/.exec(pattern);
  if (!group) return pattern.split("|");
  const [, before = "", inner = "", after = ""] = group;
  return inner.split("|").flatMap((each) => alternativesOf(`${before}${each}${after}`));
}
