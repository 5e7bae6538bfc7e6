// A whole twin on real sockets for the corpus: a clock to move, a template made from the rows, sessions got from its STS.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAws, type Aws } from "../../../../../deploy/local/aws/aws.js";
import { functionName, roleArn } from "./corpus-names.js";
import { corpusTemplate } from "./corpus-template.js";
import { exchange, type RawAnswer, type Wire } from "./raw-exchange.js";
import { signByHand, type Credentials, type ToSignByHand } from "./sign-by-hand.js";

export const start = Date.UTC(2026, 10, 22, 12);

export interface SessionAsk {
  readonly role: string;
  readonly policy?: object;
  readonly tags?: Readonly<Record<string, string>>;
}

/** One request, told as what differs from a good one. */
export interface Ask extends Partial<Omit<ToSignByHand, "credentials" | "date">> {
  readonly door?: "url" | "sts" | "invoke" | "api";
  readonly session?: SessionAsk;
  /** What it is signed with, made of the session's credentials and of another session's. */
  readonly mixed?: (own: Credentials, other: Credentials) => Credentials;
  /** Seconds from the twin's start to its clock, and to the signing date. */
  readonly clock?: number;
  readonly signedAt?: number;
  /** Parameters of an STS request. */
  readonly form?: Readonly<Record<string, string>>;
  /** What happens to the signed request on its way. */
  readonly edit?: (wire: Wire) => Wire;
}

export interface CorpusTwin {
  send(ask: Ask): Promise<RawAnswer>;
  close(): Promise<void>;
}

const amzDate = (seconds: number): string =>
  new Date(start + seconds * 1000).toISOString().replace(/[-:]|\.\d{3}/g, "");

export async function startCorpusTwin(): Promise<CorpusTwin> {
  const folder = mkdtempSync(join(tmpdir(), "grantway-corpus-"));
  writeFileSync(join(folder, "template.json"), JSON.stringify(corpusTemplate));
  writeFileSync(join(folder, "handler.ts"), 'export const handler = async () => "fine";');
  const clock = { seconds: 0 };
  const aws = await startAws({
    templateFile: join(folder, "template.json"),
    port: 0,
    taskRole: "lender",
    clock: () => start + clock.seconds * 1000,
    log: () => undefined,
  });
  const sessions = new SessionSource(aws);
  return {
    async send(ask) {
      const session = ask.session ?? { role: ask.door === "sts" ? "lender" : "caller" };
      const own = await sessions.of(session);
      const credentials = ask.mixed ? ask.mixed(own, await sessions.of({ role: "other" })) : own;
      clock.seconds = ask.clock ?? 0;
      try {
        return await exchange(portOf(aws, ask), wireOf(aws, ask, credentials));
      } finally {
        clock.seconds = 0;
      }
    },
    async close() {
      await aws.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function portOf(aws: Aws, { door = "url" }: Ask): number {
  if (door === "api") return Number(new URL(aws.apiStages[0]?.url ?? "").port);
  return door === "url" ? Number(new URL(aws.functionUrls.get(functionName) ?? "").port) : aws.port;
}

function wireOf(aws: Aws, ask: Ask, credentials: Credentials): Wire {
  const { door = "url", form, edit = (wire: Wire) => wire, signedAt = ask.clock ?? 0 } = ask;
  const invoke = `/2015-03-31/functions/${functionName}:live/invocations`;
  const path = { url: "/", sts: "/", invoke, api: "/prod/reports/1" };
  const service = { url: "lambda", sts: "sts", invoke: "lambda", api: "execute-api" };
  const formHeader = ["Content-Type", "application/x-www-form-urlencoded"] as const;
  const signed = signByHand({
    method: door === "url" || door === "api" ? "GET" : "POST",
    target: path[door],
    host: `127.0.0.1:${portOf(aws, ask)}`,
    headers: form === undefined ? [] : [formHeader],
    body: form === undefined ? "" : new URLSearchParams(form).toString(),
    service: service[door],
    region: "eu-west-1",
    terminator: "aws4_request",
    unsigned: [],
    ...ask,
    credentials,
    date: amzDate(signedAt),
  });
  return edit({ ...signed, version: "1.1" });
}

/** Sessions as a client gets them: the task's own, and what STS lends for them. */
class SessionSource {
  readonly #known = new Map<string, Promise<Credentials>>();

  constructor(private readonly aws: Aws) {}

  of(ask: SessionAsk): Promise<Credentials> {
    const key = JSON.stringify(ask);
    const credentials = this.#known.get(key) ?? (ask.role === "lender" ? this.#lender() : this.#assume(ask));
    this.#known.set(key, credentials);
    return credentials;
  }

  async #lender(): Promise<Credentials> {
    const { AWS_CONTAINER_CREDENTIALS_FULL_URI: uri = "", AWS_CONTAINER_AUTHORIZATION_TOKEN: token = "" } =
      this.aws.taskEnvironment;
    const answer = await fetch(uri, { headers: { authorization: token } });
    const body = (await answer.json()) as Record<string, string>;
    const { AccessKeyId = "", SecretAccessKey = "", Token = "" } = body;
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token };
  }

  async #assume(ask: SessionAsk): Promise<Credentials> {
    const wire = wireOf(
      this.aws,
      { door: "sts", form: assumeRoleForm(ask) },
      await this.of({ role: "lender" }),
    );
    const { status, body } = await exchange(this.aws.port, wire);
    if (status !== 200) throw new Error(`AssumeRole for ${JSON.stringify(ask)}: ${body}`);
    const field = (name: string): string => new RegExp(`<${name}>([^<]*)<`).exec(body)?.[1] ?? "";
    return {
      accessKeyId: field("AccessKeyId"),
      secretAccessKey: field("SecretAccessKey"),
      sessionToken: field("SessionToken"),
    };
  }
}

export function assumeRoleForm({ role, policy, tags = {} }: SessionAsk): Record<string, string> {
  const tagFields = Object.entries(tags).flatMap(([key, value], at) => [
    [`Tags.member.${at + 1}.Key`, key] as const,
    [`Tags.member.${at + 1}.Value`, value] as const,
  ]);
  return {
    Action: "AssumeRole",
    Version: "2011-06-15",
    RoleArn: roleArn(role),
    RoleSessionName: "alice",
    ...Object.fromEntries(tagFields),
    ...(policy === undefined ? {} : { Policy: JSON.stringify(policy) }),
  };
}
