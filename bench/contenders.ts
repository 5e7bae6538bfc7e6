// What is measured against what: the gateway as it ships, and three that the bench writes itself.
import { join } from "node:path";
import { startProgram, type Program } from "./programs.js";
import { audience, createTokenMint } from "./tokens.js";

export const contenderNames = ["bare-relay", "plain-express", "hand-written", "grantway"] as const;
export type ContenderName = (typeof contenderNames)[number];

export const descriptions: Readonly<Record<ContenderName, string>> = {
  "bare-relay": "bare Node relay",
  "plain-express": "plain Express 5",
  "hand-written": "hand-written stack",
  grantway: "Grantway",
};

export interface Contender extends Program {
  readonly name: ContenderName;
}

/** What stands around the contenders: the function, the issuer and STS. */
export interface Surroundings {
  readonly upstream: Program;
  readonly issuerAndSts: Program;
  /** A token of this caller. */
  readonly mint: (subject: string) => string;
  /** What the contenders are told. */
  readonly environment: Readonly<Record<string, string>>;
}

export async function startSurroundings(folder: string): Promise<Surroundings> {
  const tokens = createTokenMint();
  const environment = { JWKS: tokens.jwks, AUDIENCE: audience };
  const upstream = await startProgram({ nodeArguments: [programFile(folder, "upstream")], environment });
  const issuerAndSts = await startProgram({
    nodeArguments: [programFile(folder, "issuer-and-sts")],
    environment,
  });
  return {
    upstream,
    issuerAndSts,
    mint: (subject) => tokens.mint(issuerAndSts.origin, subject),
    environment: {
      ...environment,
      ISSUER_URL: issuerAndSts.origin,
      STS_URL: issuerAndSts.origin,
      UPSTREAM_URL: upstream.origin,
    },
  };
}

const programFile = (folder: string, name: string): string => join(folder, "bench", "programs", `${name}.js`);

export interface ContenderSettings {
  readonly folder: string;
  readonly surroundings: Surroundings;
  /** What its command line begins with. */
  readonly prefix: readonly string[];
  /** Where the gateway's CPU profiles go (`node --cpu-prof`). */
  readonly profileFolder?: string;
}

export async function startContender(name: ContenderName, settings: ContenderSettings): Promise<Contender> {
  const { surroundings, prefix } = settings;
  const program =
    name === "grantway"
      ? await startProgram({
          prefix,
          nodeArguments: gatewayArguments(settings),
          environment: { ...surroundings.environment, ...gatewayEnvironment },
        })
      : await startProgram({
          prefix,
          nodeArguments: [programFile(settings.folder, competitorFiles[name])],
          environment: surroundings.environment,
        });
  return { name, ...program };
}

const competitorFiles: Readonly<Record<Exclude<ContenderName, "grantway">, string>> = {
  "bare-relay": "bare-relay",
  "plain-express": "plain-express",
  "hand-written": "hand-written-stack",
};

const gatewayArguments = ({ folder, profileFolder }: ContenderSettings): string[] => [
  ...(profileFolder === undefined ? [] : ["--cpu-prof", "--cpu-prof-dir", profileFolder]),
  join(folder, "server", "cli", "grantway.js"),
  ...["serve", "--config", "bench/gateway.yaml"],
];

/** A role's own credentials, as a task has them, and any free ports. */
const gatewayEnvironment = {
  PORT: "0",
  ADMIN_PORT: "0",
  AWS_ACCESS_KEY_ID: "ASIABENCHGATEWAY",
  AWS_SECRET_ACCESS_KEY: "bench",
  AWS_SESSION_TOKEN: "bench",
};
