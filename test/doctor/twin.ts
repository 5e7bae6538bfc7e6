// The twin from a changed copy of the template that is deployed, and `grantway doctor` on it as a person would run it:
// with the gateway's credentials, and a profile that may read.
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { startAws, type Aws } from "../../deploy/local/aws/aws.js";
import { gatewayEnvironment } from "../../deploy/local/gateway-environment.js";
import type { OpenIdProvider } from "../../deploy/local/issuer/openid-provider.js";
import type { Report } from "../../server/doctor/finding.js";
import { grantway, type Ran } from "../cli/run-grantway.js";
import { changedTemplate } from "../fixtures/changed-template.js";

export type Edit = readonly [from: string | RegExp, to: string] | ((text: string) => string);

/** What is broken before the twin starts. */
export interface BrokenAws {
  /** Of deploy/aws/functions.yaml. */
  readonly template?: readonly Edit[];
  readonly parameters?: Readonly<Record<string, string>>;
  readonly clock?: () => number;
  /** In place of the reader's profile in ~/.aws/config. */
  readonly profile?: string;
}

/** One run of the doctor, and what is broken for it. */
export interface Visit {
  /** Of deploy/local/gateway.yaml. */
  readonly config?: readonly Edit[];
  readonly env?: (aws: Aws) => Readonly<Record<string, string>>;
  readonly argv?: readonly string[];
  /** The gateway's credentials alone. */
  readonly isBlind?: boolean;
}

export interface Examined extends Ran {
  readonly report: Report;
}

export interface Patient {
  /** As text. */
  readonly visit: (visit?: Visit) => Promise<Ran>;
  readonly report: (visit?: Visit) => Promise<Examined>;
}

export function edited(text: string, edits: readonly Edit[] = []): string {
  return edits.reduce((before, edit) => {
    const after = typeof edit === "function" ? edit(before) : before.replace(edit[0], () => edit[1]);
    if (after === before) throw new Error(`nothing to edit: ${String(edit)}`);
    return after;
  }, text);
}

export async function withTwin(
  issuer: OpenIdProvider,
  broken: BrokenAws,
  use: (patient: Patient) => Promise<void>,
): Promise<void> {
  const template = changedTemplate((text) => edited(text, broken.template));
  const aws = await startAws({
    templateFile: template.file,
    ...(broken.parameters && { parameters: broken.parameters }),
    port: 0,
    taskRole: "grantway-gateway",
    doctorRole: "grantway-doctor",
    clock: broken.clock ?? Date.now,
    log: () => undefined,
  });
  const saved = { ...process.env };
  try {
    Object.assign(
      process.env,
      aws.taskEnvironment,
      await readerProfile(aws, template.folder, broken.profile),
    );
    await use(patientOn(aws, issuer));
  } finally {
    process.env = saved;
    await aws.close();
    template.remove();
  }
}

function patientOn(aws: Aws, issuer: OpenIdProvider): Patient {
  const visit = ({ config, env, argv = [], isBlind = false }: Visit = {}): Promise<Ran> => {
    const files = {
      "gateway.yaml": edited(readFileSync("deploy/local/gateway.yaml", "utf8"), config),
      [resolve("authorizers/partner.mjs")]: readFileSync("deploy/local/authorizers/partner.mjs", "utf8"),
    };
    const reader = isBlind ? [] : ["--reader-profile", "doctor"];
    return grantway(["doctor", "--endpoint", aws.endpoint, ...reader, ...argv], {
      files,
      env: { ...gatewayEnvironment(issuer, aws), ...env?.(aws) },
      now: Date.now(),
    });
  };
  return {
    visit,
    report: async (given = {}) => {
      const ran = await visit({ ...given, argv: [...(given.argv ?? []), "--json"] });
      if (ran.out === "") throw new Error(`no report: ${ran.err}`);
      return { ...ran, report: JSON.parse(ran.out) as Report };
    },
  };
}

/** A profile of ~/.aws/config whose credentials are those that the twin hands to a doctor. */
async function readerProfile(
  { doctorEnvironment }: Aws,
  folder: string,
  profile?: string,
): Promise<Record<string, string>> {
  const reply = await fetch(doctorEnvironment.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? "", {
    headers: { authorization: doctorEnvironment.AWS_CONTAINER_AUTHORIZATION_TOKEN ?? "" },
  });
  const { Token, ...credentials } = (await reply.json()) as Record<string, string>;
  const [document, config] = [join(folder, "credentials.json"), join(folder, "config")];
  writeFileSync(document, JSON.stringify({ Version: 1, ...credentials, SessionToken: Token }));
  writeFileSync(config, profile ?? `[profile doctor]\ncredential_process = cat ${document}\n`);
  return { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: join(folder, "none") };
}
