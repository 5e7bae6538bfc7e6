// The lines of a Dockerfile: comments and continuations gone, words split, `$NAME` replaced.
// https://docs.docker.com/reference/dockerfile/. Pure. Not done: heredocs, another escape character.
import { accept, refuse, type Result } from "../../../../../server/core/result.js";

export interface Instruction {
  /** From 1, where it begins. */
  readonly line: number;
  /** In upper case. */
  readonly name: string;
  /** Options such as `--from=build`, without the dashes. */
  readonly options: Readonly<Record<string, string>>;
  readonly rest: string;
}

export const readInstructions = (text: string): Result<Instruction[], string> => {
  const instructions: Instruction[] = [];
  let begun: { line: number; text: string } | undefined;
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*#\s*escape\s*=/i.test(line))
      return refuse(`line ${at + 1}: another escape character is not read`);
    if (/^\s*(?:#.*)?$/.test(line)) continue;
    const { line: first, text: before } = begun ?? { line: at + 1, text: "" };
    const isContinued = /\\\s*$/.test(line);
    const whole = before + line.replace(/\\\s*$/, " ");
    begun = isContinued ? { line: first, text: whole } : undefined;
    if (!isContinued) instructions.push(toInstruction(first, whole.trim()));
  }
  return begun === undefined ? accept(instructions) : refuse(`line ${begun.line}: it has no end`);
};

const toInstruction = (line: number, text: string): Instruction => {
  const [, name = "", afterName = ""] = /^(\S+)\s*(.*)$/s.exec(text) ?? [];
  const options: Record<string, string> = {};
  let rest = afterName;
  for (;;) {
    const [option, key, value = ""] = /^--([a-z-]+)(?:=(\S*))?(?:\s+|$)/.exec(rest) ?? [];
    if (option === undefined || key === undefined) break;
    options[key] = value;
    rest = rest.slice(option.length);
  }
  return { line, name: name.toUpperCase(), options, rest };
};

/** Words with their quotes gone; `undefined` where a quote has no end. */
export const splitWords = (text: string): string[] | undefined => {
  const words: string[] = [];
  let rest = text.trim();
  while (rest !== "") {
    const [word] = /^(?:"(?:\\.|[^"\\])*"|'[^']*'|[^\s"'])+/.exec(rest) ?? [];
    if (word === undefined) return undefined;
    words.push(
      word.replace(/"((?:\\.|[^"\\])*)"|'([^']*)'/g, (_, double?: string, single?: string) =>
        double === undefined ? (single ?? "") : double.replace(/\\(.)/g, "$1"),
      ),
    );
    rest = rest.slice(word.length).trimStart();
  }
  return words;
};

/** A name that is not known is nothing, as in Docker. */
export const expand = (text: string, variables: ReadonlyMap<string, string>): Result<string, string> => {
  if (/\$\{\w*[^\w}]/.test(text)) return refuse(`${text}: only \${NAME} and $NAME are read`);
  return accept(
    text.replace(
      /\$(?:\{(\w+)\}|(\w+))/g,
      (_, braced?: string, bare?: string) => variables.get(braced ?? bare ?? "") ?? "",
    ),
  );
};

/** The exec form, `["node", "server.js"]`; `undefined` for any other. */
export const readExecForm = (text: string): readonly string[] | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    const isExecForm = Array.isArray(value) && value.every((one): one is string => typeof one === "string");
    return isExecForm ? value : undefined;
  } catch {
    return undefined;
  }
};
