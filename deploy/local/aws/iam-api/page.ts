// A page of a list of IAM's: Marker and MaxItems. https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRolePolicies.html
import type { Outcome } from "../model.js";
import type { XmlChildren } from "../query-protocol/query-answer.js";
import type { IamInput } from "./iam-input.js";

/** A marker is nothing to a client, and good for the list of the role that gave it. */
const markerOf = (list: string, { text }: IamInput, at: number): string =>
  Buffer.from(`${list} ${text.RoleName} ${text.PathPrefix} ${at}`).toString("base64url");

export function readPage(
  input: IamInput,
  list: string,
  all: readonly (string | XmlChildren)[],
): Outcome<XmlChildren> {
  const from = input.text.Marker === "" ? 0 : findStart(input, list, all.length);
  if (from === undefined)
    return { ok: false, error: { status: 400, type: "ValidationError", message: "Invalid Marker." } };
  const next = from + input.maxItems;
  const isTruncated = next < all.length;
  return {
    ok: true,
    value: [
      [list, all.slice(from, next).map((content) => ["member", content] as const)],
      ["IsTruncated", isTruncated],
      ...(isTruncated ? [["Marker", markerOf(list, input, next)] as const] : []),
    ],
  };
}

/** Where the page begins that a marker was given for. */
function findStart(input: IamInput, list: string, length: number): number | undefined {
  const starts = Array.from({ length }, (_, at) => at);
  return starts.find((at) => at > 0 && markerOf(list, input, at) === input.text.Marker);
}
