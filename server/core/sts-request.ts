// Parameters -> what the /sts door is asked for, held to STS's own limits. Unknown parameters are refused: whoever sends
// one trusts that it counts. What the caller may have is not decided here.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
import { accept, refuse, type Result } from "./result.js";
import { namedSafely, type Parameters } from "./sts-form.js";
import { stsRefusal } from "./sts-refusal.js";

export interface WebIdentityRequest {
  readonly action: "AssumeRoleWithWebIdentity";
  readonly roleArn: string;
  /** Not verified yet. */
  readonly webIdentityToken: string;
  /** Absent: as long as the rule gives. */
  readonly durationSeconds?: number;
  /** Not looked at yet. */
  readonly policy?: string;
}

export type StsRequest = WebIdentityRequest | { readonly action: "GetCallerIdentity" };

const apiVersion = "2011-06-15";
const common = ["Action", "Version"];
const ofWebIdentity = ["RoleArn", "RoleSessionName", "WebIdentityToken", "DurationSeconds", "Policy"];

export function readStsRequest(
  parameters: Parameters,
  { tokenBytes }: { readonly tokenBytes: number },
): Result<StsRequest> {
  const action = parameters.get("Action");
  if (action === undefined || action === "") {
    return refuse(stsRefusal("MissingAction", "The form must name an Action."));
  }
  if (parameters.get("Version") !== apiVersion) return invalidAction(`The Version must be ${apiVersion}.`);
  if (action === "AssumeRoleWithWebIdentity") return readWebIdentityRequest(parameters, tokenBytes);
  if (action !== "GetCallerIdentity") {
    return invalidAction("The actions here are AssumeRoleWithWebIdentity and GetCallerIdentity.");
  }
  const unknown = findUnknown(parameters, common);
  return unknown === undefined ? accept({ action }) : invalid(unknown);
}

function readWebIdentityRequest(parameters: Parameters, tokenBytes: number): Result<WebIdentityRequest> {
  const unknown = findUnknown(parameters, [...common, ...ofWebIdentity]);
  if (unknown !== undefined) return invalid(unknown);
  const roleArn = lengthOf(parameters, "RoleArn", 20, 2048);
  if (!roleArn.ok) return roleArn;
  const webIdentityToken = readToken(parameters, tokenBytes);
  if (!webIdentityToken.ok) return webIdentityToken;
  const name = lengthOf(parameters, "RoleSessionName", 2, 64);
  if (!name.ok) return name;
  // The session's name is the rules' own; this one is held to STS's form and goes no further.
  if (!/^[\w+=,.@-]*$/.test(name.value))
    return invalid("RoleSessionName may have letters, digits and _+=,.@-");
  const durationSeconds = readDuration(parameters.get("DurationSeconds"));
  if (!durationSeconds.ok) return durationSeconds;
  const policy = parameters.get("Policy");
  return accept({
    action: "AssumeRoleWithWebIdentity",
    roleArn: roleArn.value,
    webIdentityToken: webIdentityToken.value,
    ...(durationSeconds.value !== undefined && { durationSeconds: durationSeconds.value }),
    ...(policy !== undefined && { policy }),
  });
}

/** SDKs send the token file as it is; a line break at its end is the editor's, and part of no token. */
function readToken(parameters: Parameters, tokenBytes: number): Result<string> {
  const given = lengthOf(parameters, "WebIdentityToken", 4, tokenBytes + 2);
  if (!given.ok) return given;
  const token = given.value.replace(/\r?\n$/, "");
  return token.length <= tokenBytes ? accept(token) : tooLong("WebIdentityToken", tokenBytes);
}

function readDuration(text: string | undefined): Result<number | undefined> {
  if (text === undefined) return accept(undefined);
  const seconds = /^\d{1,6}$/.test(text) ? Number(text) : NaN;
  return seconds >= 900 && seconds <= 43_200
    ? accept(seconds)
    : invalid("DurationSeconds must be a whole number from 900 to 43200");
}

function lengthOf(parameters: Parameters, name: string, least: number, most: number): Result<string> {
  const value = parameters.get(name);
  if (value === undefined || value === "") {
    return refuse(stsRefusal("MissingParameter", `The request must contain the parameter ${name}.`));
  }
  if (value.length < least) return invalid(`${name} must have at least ${least} characters`);
  return value.length <= most ? accept(value) : tooLong(name, most);
}

/** Why a parameter may not be there. */
function findUnknown(parameters: Parameters, known: readonly string[]): string | undefined {
  const name = [...parameters.keys()].find((each) => !known.includes(each));
  if (name === undefined) return undefined;
  if (/^PolicyArns(?:\.|$)/.test(name)) {
    return "PolicyArns is not taken: managed policies would stand beside what the rules give; send a Policy";
  }
  if (name === "ProviderId") return "ProviderId is not taken: tokens here are OpenID Connect's";
  return `A parameter ${namedSafely(name)} is not taken`;
}

const tooLong = (name: string, most: number): Result<never> =>
  invalid(`${name} must have at most ${most} characters`);

const invalid = (sentence: string): Result<never> => refuse(stsRefusal("ValidationError", `${sentence}.`));
const invalidAction = (message: string): Result<never> => refuse(stsRefusal("InvalidAction", message));
