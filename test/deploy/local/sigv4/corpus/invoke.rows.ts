// The Invoke API: whoever may only go through the URL may not go round it.
import type { Ask } from "./corpus-twin.js";
import { functionArn } from "./corpus-names.js";
import { editHeader, type Row, source } from "./row.js";

const direct: Ask = { door: "invoke", session: { role: "direct" } };
const path = (name: string): Ask => ({ target: `/2015-03-31/functions/${name}/invocations` });
const row = (title: string, why: string, fault: Ask, refused: string, good: Ask = {}): Row => ({
  title,
  why,
  good: { ...direct, ...good },
  fault,
  refused,
});
const denied = "403 AccessDeniedException";
const invalid = "403 InvalidSignatureException";

export const invokeRows: readonly Row[] = [
  row("a session that may only use the URL", source.urlAuth, { session: { role: "caller" } }, denied),
  row(
    "$LATEST where only the alias is allowed",
    source.evaluation,
    path("reports"),
    denied,
    path("reports:live"),
  ),
  row("another function", source.evaluation, path("secrets:live"), denied, path("reports:live")),
  row("another alias", source.evaluation, path("reports:test"), denied, path("reports:live")),
  row(
    "a function of another account",
    source.evaluation,
    path(encodeURIComponent(`${functionArn.replace("123456789012", "210987654321")}:live`)),
    denied,
    path(encodeURIComponent(`${functionArn}:live`)),
  ),
  row(
    "no signature",
    source.troubleshooting,
    { edit: editHeader("authorization", () => undefined) },
    "403 MissingAuthenticationTokenException",
  ),
  row("a signature for STS", source.troubleshooting, { service: "sts" }, invalid),
  row(
    "another body",
    source.troubleshooting,
    { edit: (wire) => ({ ...wire, body: Buffer.from("2") }) },
    invalid,
    {
      body: "1",
    },
  ),
  row("a function name of odd characters", source.invoke, path("re%20ports"), "400 ValidationException"),
  row(
    "two qualifiers",
    source.invoke,
    { target: `${path("reports:live").target ?? ""}?Qualifier=test` },
    "400 InvalidParameterValueException",
  ),
  row("a payload that is no JSON", source.invoke, { body: "{" }, "400 InvalidRequestContentException", {
    body: "{}",
  }),
  row(
    "an invocation type of its own",
    source.invoke,
    { headers: [["X-Amz-Invocation-Type", "Sometimes"]] },
    "400 ValidationException",
    { headers: [["X-Amz-Invocation-Type", "DryRun"]] },
  ),
];
