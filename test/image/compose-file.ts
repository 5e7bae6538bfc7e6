// docker-compose.yml and what stands in the Dockerfiles beside it, as data.
import { readFileSync } from "node:fs";
import { parse } from "yaml";

export interface ComposeService {
  readonly build?: string | { readonly context: string; readonly dockerfile: string };
  readonly image: string;
  readonly command?: readonly string[];
  readonly network_mode?: string;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string; readonly restart?: boolean }>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly user?: string;
  readonly read_only?: boolean;
  readonly init?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly stop_grace_period?: string;
  readonly mem_limit?: string;
  readonly healthcheck?: { readonly test: readonly string[] };
}

export interface ComposeFile {
  readonly name: string;
  readonly services: {
    readonly gateway: ComposeService;
    readonly valkey: ComposeService;
    readonly twin: ComposeService;
  };
  readonly volumes: Readonly<Record<string, unknown>>;
}

export const composeFile = parse(readFileSync("docker-compose.yml", "utf8"), { strict: true }) as ComposeFile;

/** The arguments of the last instruction of this name; of a JSON form its parts. */
export function instruction(dockerfile: string, name: string): readonly string[] {
  const text = readFileSync(dockerfile, "utf8").replaceAll(/\\\n/g, " ");
  const last = text
    .split("\n")
    .filter((line) => line.startsWith(`${name} `))
    .at(-1)
    ?.slice(name.length + 1);
  if (last === undefined) throw new Error(`${dockerfile} has no ${name}`);
  return last.startsWith("[") ? (JSON.parse(last) as string[]) : last.split(/\s+/);
}
