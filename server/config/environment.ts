// What the environment puts into the document before it is checked: `${env.NAME}` in any string value, and PORT and
// ADMIN_PORT over `listen`. Values are put in as they are and not looked through again.
import { isJsonObject } from "../core/strict-json.js";
import { formatPath } from "./fault.js";
import type { Fault, Path } from "./fault.js";
import type { Environment } from "./source.js";

export interface Expanded {
  readonly document: unknown;
  readonly faults: readonly Fault[];
}

/** Deep enough for every valid document; an alias that contains itself ends here. */
export const maxDepth = 32;

export function expandEnvironment(document: unknown, env: Environment): Expanded {
  const faults: Fault[] = [];
  const expand = (value: unknown, path: Path): unknown => {
    const fault = (message: string) => faults.push({ path: formatPath(path), message });
    if (typeof value === "string") return expandText(value, env, fault);
    if (typeof value !== "object" || value === null) return value;
    if (path.length > maxDepth) return void fault(`is nested deeper than ${maxDepth}`);
    if (Array.isArray(value))
      return value.map((element: unknown, index) => expand(element, [...path, index]));
    // Record types skip this key in silence, so it is told here.
    if (Object.hasOwn(value, "__proto__")) fault("may not have the key __proto__");
    const entries = Object.entries(value);
    return Object.fromEntries(entries.map(([key, member]) => [key, expand(member, [...path, key])]));
  };
  return { document: expand(document, []), faults };
}

function expandText(text: string, env: Environment, fault: (message: string) => void): string {
  return text.replace(/\$\{env\.([^}]*)\}?/g, (reference, name: string) => {
    if (!reference.endsWith("}")) fault("has a ${env. without its }");
    else if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) fault(`${reference} is not the name of a variable`);
    else if (valueOf(env, name) === undefined) fault(`the environment has no ${name}`);
    return valueOf(env, name) ?? reference;
  });
}

/** Every object of JavaScript has a `toString`, which is nobody's variable. */
const valueOf = (env: Environment, name: string): string | undefined =>
  Object.hasOwn(env, name) ? env[name] : undefined;

const overrides = { PORT: "port", ADMIN_PORT: "adminPort" } as const;

export function overridePorts(document: unknown, env: Environment): Expanded {
  const faults: Fault[] = [];
  const ports: Record<string, number> = {};
  for (const [name, key] of Object.entries(overrides)) {
    const value = env[name];
    if (value === undefined) continue;
    if (/^\d{1,5}$/.test(value) && Number(value) <= 65535) ports[key] = Number(value);
    else faults.push({ path: name, message: "must be a port from 0 to 65535, or not be set" });
  }
  return { document: isJsonObject(document) ? withPorts(document, ports) : document, faults };
}

function withPorts(
  document: Readonly<Record<string, unknown>>,
  ports: Readonly<Record<string, number>>,
): unknown {
  const { listen = {} } = document;
  return isJsonObject(listen) ? { ...document, listen: { ...listen, ...ports } } : document;
}
