// What the AWS SDK throws -> a sentence for the terminal: what was wrong and, where AWS denied it, what to allow.
import { firstLine } from "../core/first-line.js";
import { likeError } from "../core/like-error.js";
import { refuse } from "../core/result.js";
import type { Fault } from "./ports.js";

/** `asked` names the action and what it was asked of: `lambda:UpdateAlias on arn:...`. */
export function awsFault(error: unknown, asked: string): { readonly ok: false; readonly denial: Fault } {
  const { name, message: whole } = likeError(error);
  const message = firstLine(whole);
  switch (name) {
    case "PreconditionFailedException":
      return refuse({
        kind: "conflict",
        sentence:
          "somebody else has changed the alias meanwhile, so nothing more is moved here; look at it with: grantway status",
      });
    case "AccessDeniedException":
    case "AccessDenied":
      return failed(
        `AWS does not allow ${asked}; the role needs that action${orNone(asked)}. AWS says: ${message}`,
      );
    case "CredentialsProviderError":
      return failed(`there are no AWS credentials for ${asked}: ${message}`);
    case "ResourceNotFoundException":
      return failed(`there is no such function, alias or version: ${message}`);
    default:
      return failed(`${asked} failed: ${name}: ${message}`);
  }
}

/** A misspelt function is outside of what the role may reach, so it is denied before it is looked for. */
const orNone = (asked: string): string =>
  asked.startsWith("lambda:") ? ", or there is no such function (IAM does not tell the two apart)" : "";

const failed = (sentence: string) => refuse<Fault>({ kind: "failed", sentence });
