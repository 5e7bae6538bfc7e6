// The ports of `npm run local`, from the environment, and a plain sentence when one cannot be had.
import { accept, refuse, type Result } from "../../server/core/result.js";

const defaults = {
  DEMO_PORT: 3000,
  ISSUER_PORT: 4000,
  AWS_PORT: 4566,
  PORT: 8080,
  ADMIN_PORT: 8081,
} as const;

export type PortName = keyof typeof defaults;
export type Ports = Readonly<Record<PortName, number>>;

/** 0 means any free port. */
export function readPorts(env: Readonly<Record<string, string | undefined>>): Result<Ports, string> {
  const ports: Record<PortName, number> = { ...defaults };
  for (const name of Object.keys(defaults) as PortName[]) {
    const text = env[name];
    if (text === undefined || text === "") continue;
    if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
      return refuse(`${name} must be a port from 0 to 65535, not "${text}"`);
    ports[name] = Number(text);
  }
  const twice = Object.entries(ports).find(
    ([name, port]) =>
      port !== 0 && Object.entries(ports).some(([other, same]) => other !== name && same === port),
  );
  return twice ? refuse(`${twice[0]}: port ${twice[1]} is asked for twice`) : accept(ports);
}

/** Node's listen error -> the sentence a person needs; any other error as it is. */
export function describeListenError(name: PortName, error: unknown): Error {
  if (!(error instanceof Error) || !("code" in error) || !("port" in error)) return asError(error);
  const port = String(error.port);
  const sentence =
    error.code === "EADDRINUSE"
      ? `port ${port} is taken; ${name} chooses another, 0 means any free one`
      : `cannot listen on port ${port} (${name}): ${String(error.code)}`;
  return new Error(sentence, { cause: error });
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
