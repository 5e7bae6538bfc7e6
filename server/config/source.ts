// Where the configuration comes from, and its text as plain data: `--config FILE`, else GATEWAY_CONFIG (a path, or the
// document itself when it starts with `{`), else gateway.yaml. YAML 1.2 or JSON; keys given twice are faults.
import { LineCounter, parseDocument, type YAMLError } from "yaml";
import { accept, refuse } from "../core/result.js";
import type { Result } from "../core/result.js";
import type { Fault } from "./fault.js";
import { findTooDeep } from "./nesting.js";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface SourceOptions {
  /** The value of `--config`. */
  readonly file?: string;
  readonly env: Environment;
  /** Throws when the file cannot be read. */
  readonly readFile: (path: string) => string;
}

const defaultFile = "gateway.yaml";

/** A path, or the name of the variable that holds the document. */
export function nameSource({ file, env }: Pick<SourceOptions, "file" | "env">): string {
  if (file !== undefined) return file;
  const given = env.GATEWAY_CONFIG;
  if (given === undefined) return defaultFile;
  return isDocument(given) || given.trim() === "" ? "GATEWAY_CONFIG" : given;
}

function isDocument(text: string): boolean {
  return text.trimStart().startsWith("{");
}

const maxDocumentLength = 1_048_576;

export function readSource(options: SourceOptions): Result<string, readonly Fault[]> {
  const text = readText(options);
  if (!text.ok || text.value.length <= maxDocumentLength) return text;
  return refuse([{ path: nameSource(options), message: `is longer than ${maxDocumentLength} characters` }]);
}

function readText(options: SourceOptions): Result<string, readonly Fault[]> {
  const given = options.env.GATEWAY_CONFIG;
  if (options.file === undefined && given !== undefined) {
    if (isDocument(given)) return accept(given);
    if (given.trim() === "") {
      return refuse([{ path: "GATEWAY_CONFIG", message: "is empty: it must be a path or a document" }]);
    }
  }
  const path = nameSource(options);
  try {
    return accept(options.readFile(path));
  } catch (error) {
    const why = error instanceof Error ? error.message : "unknown error";
    // Nobody named this file: whoever did not know of it learns how to name another.
    const hint = path === defaultFile ? "; --config FILE or GATEWAY_CONFIG names another" : "";
    return refuse([{ path, message: `cannot be read: ${why}${hint}` }]);
  }
}

const maxSyntaxFaults = 10;

/** Plain data, not yet checked. */
export function parseText(text: string): Result<unknown, readonly Fault[]> {
  const lines = new LineCounter();
  const options = {
    lineCounter: lines,
    // Pretty errors quote source lines, and a configuration may hold secrets.
    prettyErrors: false,
    stringKeys: true,
    resolveKnownTags: false,
    logLevel: "error",
  } as const;
  try {
    const tooDeep = findTooDeep(text);
    if (tooDeep !== undefined) return refuse([tooDeep]);
    const document = parseDocument(text, options);
    // A tag that is not understood is only a warning to the parser.
    const problems = [...document.errors, ...document.warnings];
    if (problems.length === 0) return accept(document.toJS({ maxAliasCount: 100 }));
    const unquoted = unquotedSlots(text, problems);
    const faults = unquoted.length > 0 ? unquoted : problems.map(toFault);
    return refuse(
      faults
        .slice(0, maxSyntaxFaults)
        .map(({ at, message }) => ({ path: formatPosition(lines, at), message })),
    );
  } catch (error) {
    // Aliases that multiply.
    return refuse([
      { path: "(document)", message: error instanceof Error ? withoutSource(error) : "cannot be parsed" },
    ]);
  }
}

interface SyntaxFault {
  readonly at: number;
  readonly message: string;
}

const toFault = (problem: YAMLError): SyntaxFault => ({
  at: problem.pos[0],
  // The parser's own sentence names a function of its own.
  message:
    problem.code === "MULTIPLE_DOCS"
      ? "begins a second document, and a configuration is one"
      : withoutSource(problem),
});

/**
 * Inside `{ }` and `[ ]` the brace of `${env.NAME}` opens a mapping, unless it stands in quotes. What else the parser then
 * stumbles over follows from that, and is not told.
 */
const unquotedSlots = (text: string, problems: readonly YAMLError[]): SyntaxFault[] =>
  problems
    .filter(({ pos: [at] }) => /^\$\{\w/.test(text.slice(at - 1, at + 2)))
    .map(({ pos: [at] }) => ({
      at: at - 1,
      message: 'stands inside { } or [ ] and must be in quotes: "${...}"',
    }));

/** A password such as `*a` or `!a` is an alias or a tag to YAML, whose sentences end with what stands there. */
const withoutSource = ({ message }: Error): string => message.replace(/: .*/s, "");

function formatPosition(lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `line ${line}, column ${col}`;
}
