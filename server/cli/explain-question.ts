// What `grantway explain` is asked: its options, read and checked. Quotes nothing that may be a token.
import { parseText } from "../config/source.js";
import type { Door } from "../core/model.js";
import { accept, refuse, type Result } from "../core/result.js";
import { isJsonObject } from "../core/strict-json.js";
import { parseTime } from "./arguments.js";
import type { Console } from "./console.js";
import { parseCall } from "./explain-route.js";
import type { Evidence } from "./explain-token.js";
import type { CallRequest } from "./explanation.js";

export interface Question {
  readonly request: CallRequest;
  readonly evidence: Evidence;
  readonly now: number;
}

interface Values {
  readonly route?: string;
  readonly token?: string;
  readonly "token-file"?: string;
  readonly claims?: string;
  readonly issuer?: string;
  readonly door?: string;
  readonly "source-ip"?: string;
  readonly at?: string;
}

export function readQuestion(values: Values, console: Console): Result<Question, string> {
  if (values.route === undefined) return refuse('--route "METHOD /PATH" is missing');
  const call = parseCall(values.route);
  if (!call.ok) return refuse(`--route ${call.denial}`);
  const { door } = values;
  if (door !== undefined && !isDoor(door)) return refuse("--door must be proxy or grant");
  const now = values.at === undefined ? accept(console.clock()) : parseTime(values.at);
  if (!now.ok) return refuse(`--at ${now.denial}`);
  const evidence = readEvidence(values, console);
  if (!evidence.ok) return evidence;
  return accept({
    request: { ...call.value, ...(door && { door }), ...sourceIpOf(values) },
    evidence: evidence.value,
    now: now.value,
  });
}

const sourceIpOf = ({ "source-ip": sourceIp }: Values): Pick<CallRequest, "sourceIp"> =>
  sourceIp === undefined ? {} : { sourceIp };

const isDoor = (text: string): text is Door => text === "proxy" || text === "grant";

function readEvidence(values: Values, console: Console): Result<Evidence, string> {
  const given = (["token", "token-file", "claims"] as const).filter((name) => values[name] !== undefined);
  if (given.length !== 1) return refuse("give exactly one of --token, --token-file and --claims");
  if (values.issuer !== undefined && values.claims === undefined) {
    return refuse("--issuer goes with --claims; a token names its issuer itself");
  }
  if (values.token !== undefined) return accept({ kind: "token", token: values.token });
  const [name = "claims"] = given;
  const text = readText(values[name] ?? "", console);
  if (!text.ok) return refuse(`--${name} ${text.denial}`);
  if (name === "token-file") return accept({ kind: "token", token: text.value.trim() });
  const claims = parseText(text.value);
  if (!claims.ok || !isJsonObject(claims.value)) return refuse("--claims must be a file with a JSON object");
  return accept({ kind: "claims", claims: claims.value, issuer: values.issuer });
}

function readText(path: string, console: Console): Result<string, string> {
  try {
    return accept(console.readFile(path));
  } catch (error) {
    return refuse(`cannot be read: ${error instanceof Error ? error.message : "unknown error"}`);
  }
}
