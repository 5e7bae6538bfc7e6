// Case files of `grantway test`: who asks for what, and what he should get. Read and checked like the configuration:
// every fault at once, each with its path.
import { z } from "zod";
import { describeIssue, faultsOf, type Fault } from "../config/fault.js";
import { parsedBy } from "../config/fields.js";
import { parseText } from "../config/source.js";
import { parseDuration } from "../core/duration.js";
import { accept, refuse, type Result } from "../core/result.js";
import { parseTime } from "./arguments.js";
import { parseCall } from "./explain-route.js";

const claims = z.record(z.string(), z.unknown());

const statement = z
  .looseObject({ Effect: z.enum(["Allow", "Deny"]) })
  .describe("A policy statement as it should stand in the session policy.");

const seconds = z
  .string({ error: "must be a duration such as 1h or 900s" })
  .transform(parsedBy(parseDuration))
  .transform((milliseconds) => milliseconds / 1000);

const expectSchema = z
  .strictObject({
    role: z.string().exactOptional().describe("ARN of the role, or its name in IAM."),
    rule: z.string().exactOptional().describe("Name of the entry of `roles` that matches."),
    sessionName: z.string().exactOptional(),
    sourceIdentity: z.string().nullable().exactOptional().describe("null: none is sent."),
    tags: z.record(z.string(), z.string()).exactOptional().describe("All tags that are sent."),
    duration: seconds.exactOptional(),
    policy: z.array(statement).min(1).exactOptional().describe("Statements that must be in the policy."),
    headers: z
      .record(z.string(), z.string())
      .exactOptional()
      .describe("Headers that must be among those set."),
    denial: z.string().exactOptional().describe("The reason in the log, or the code that the caller sees."),
  })
  .refine((expect) => Object.keys(expect).length > 0, { error: "must say something: a role or a denial" })
  .refine((expect) => expect.denial === undefined || Object.keys(expect).length === 1, {
    error: "a denial goes with nothing else: a refused call gets no session",
  });

const caseSchema = z.strictObject({
  name: z.string().min(1).max(200),
  issuer: z.string().exactOptional().describe("Its short name; else `iss` tells, else there is only one."),
  claims: claims.describe("iss, aud and exp may be left out."),
  route: z.string().max(8300).transform(parsedBy(parseCall)),
  door: z.enum(["proxy", "grant"]).exactOptional(),
  sourceIp: z.string().max(64).exactOptional(),
  at: z
    .union([z.string(), z.int().transform(String)])
    .transform(parsedBy(parseTime))
    .exactOptional(),
  expect: expectSchema,
});

const fileSchema = z.strictObject({ cases: z.array(caseSchema).min(1).max(10_000) });

export type Expectation = z.output<typeof expectSchema>;
export interface Case extends z.output<typeof caseSchema> {
  readonly file: string;
}

export function readCases(
  files: readonly string[],
  readFile: (path: string) => string,
): Result<readonly Case[], readonly Fault[]> {
  const read = files.map((file) => readCaseFile(file, readFile));
  const faults = read.flatMap((result) => (result.ok ? [] : result.denial));
  return faults.length > 0
    ? refuse(faults)
    : accept(read.flatMap((result) => (result.ok ? result.value : [])));
}

const maxFileLength = 4_194_304;

function readCaseFile(
  file: string,
  readFile: (path: string) => string,
): Result<readonly Case[], readonly Fault[]> {
  const faulty = (faults: readonly Fault[]) =>
    refuse(faults.map(({ path, message }) => ({ path: `${file}: ${path}`, message })));
  let text: string;
  try {
    text = readFile(file);
  } catch (error) {
    const why = error instanceof Error ? error.message : "unknown error";
    return refuse([{ path: file, message: `cannot be read: ${why}` }]);
  }
  if (text.length > maxFileLength) {
    return refuse([{ path: file, message: `is longer than ${maxFileLength} characters` }]);
  }
  const document = parseText(text);
  if (!document.ok) return faulty(document.denial);
  const parsed = fileSchema.safeParse(document.value, { error: describeIssue });
  if (!parsed.success) return faulty(parsed.error.issues.flatMap((issue) => faultsOf(issue, document.value)));
  return accept(parsed.data.cases.map((each) => ({ ...each, file })));
}
