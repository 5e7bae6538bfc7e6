// A Dockerfile -> what its image starts with, as far as that can be known without building it: which files of the build
// context stand where, variables, working directory, command. One stage; what it does not know it refuses by name. Pure.
// https://docs.docker.com/reference/dockerfile/. RUN is not run: the caller is told which lines.
import { posix } from "node:path";
import { accept, refuse, type Result } from "../../../../../server/core/result.js";
import { expand, type Instruction, readExecForm, readInstructions, splitWords } from "./dockerfile-words.js";

export interface ContainerImage {
  readonly from: string;
  /** Paths of the build context -> a path of the image; a folder when it ends with a slash. */
  readonly copies: readonly { readonly sources: readonly string[]; readonly target: string }[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly entryPoint: readonly string[];
  readonly command: readonly string[];
  /** The Lambda Web Adapter stands in /opt/extensions. */
  readonly hasWebAdapter: boolean;
  /** The RUN lines. */
  readonly notRun: readonly string[];
}

type Draft = { -readonly [Name in keyof ContainerImage]: ContainerImage[Name] };

interface Reading {
  readonly image: Draft;
  readonly variables: Map<string, string>;
  readonly globals: Map<string, string>;
  readonly buildArgs: Readonly<Record<string, string>>;
}

/** What says nothing that the twin could use. */
const IGNORED = new Set(["EXPOSE", "LABEL", "MAINTAINER", "STOPSIGNAL", "USER"]);
const ADAPTER =
  /^public\.ecr\.aws\/awsguru\/aws-lambda-adapter:\d+\.\d+\.\d+[\w.-]*(?:@sha256:[0-9a-f]{64})?$/;
const ADAPTER_PATHS = "/lambda-adapter /opt/extensions/lambda-adapter";

export const readDockerfile = (
  text: string,
  buildArgs: Readonly<Record<string, string>> = {},
): Result<ContainerImage, string> => {
  const instructions = readInstructions(text);
  if (!instructions.ok) return instructions;
  const reading: Reading = {
    image: {
      ...{ from: "", copies: [], environment: {}, workingDirectory: "/" },
      ...{ entryPoint: [], command: [], hasWebAdapter: false, notRun: [] },
    },
    ...{ variables: new Map(), globals: new Map(), buildArgs },
  };
  for (const instruction of instructions.value) {
    const read = readInstruction(instruction, reading);
    if (!read.ok) return refuse(`line ${instruction.line}: ${read.denial}`);
  }
  const { image } = reading;
  if (image.from === "") return refuse("it has no FROM");
  if (image.entryPoint.length + image.command.length === 0) return refuse("it has no CMD and no ENTRYPOINT");
  return accept(image);
};

const done = accept(undefined);
type Done = Result<undefined, string>;

const readInstruction = (instruction: Instruction, reading: Reading): Done => {
  const { name, rest, options } = instruction;
  const { image } = reading;
  if (image.from === "" && name !== "ARG" && name !== "FROM") return refuse(`${name} before FROM`);
  const [option] = Object.keys(options).filter(
    (one) => !(name === "COPY" && ["from", "chown"].includes(one)),
  );
  if (option !== undefined && name !== "RUN")
    return refuse(`--${option} of ${name} is not done by the local twin`);
  if (IGNORED.has(name)) return done;
  switch (name) {
    case "ARG":
      return readArg(rest, reading);
    case "FROM":
      return readFrom(rest, reading);
    case "WORKDIR":
      return readWorkdir(rest, reading);
    case "ENV":
      return readEnv(rest, reading);
    case "COPY":
      return readCopy(instruction, reading);
    case "CMD":
    case "ENTRYPOINT":
      return readCommand(name, rest, reading);
    case "RUN":
      image.notRun = [...image.notRun, `RUN ${rest}`];
      return done;
    default:
      return refuse(`${name} is not done by the local twin`);
  }
};

const readArg = (rest: string, { image, variables, globals, buildArgs }: Reading): Done => {
  const [, name, given] = /^(\w+)(?:=(\S*))?$/.exec(rest) ?? [];
  if (name === undefined) return refuse("ARG takes NAME or NAME=VALUE");
  const isGlobal = image.from === "";
  const value = buildArgs[name] ?? given?.replace(/^"(.*)"$/, "$1") ?? globals.get(name);
  if (value !== undefined) (isGlobal ? globals : variables).set(name, value);
  return done;
};

const readFrom = (rest: string, { image, globals }: Reading): Done => {
  if (image.from !== "") return refuse("a second stage is not done by the local twin");
  const from = expand(rest.replace(/\s+AS\s+\S+$/i, ""), globals);
  if (!from.ok) return from;
  if (!/^\S+$/.test(from.value)) return refuse("FROM takes one image");
  // Their entry point is a program of theirs, which is not here.
  if (from.value.startsWith("public.ecr.aws/lambda/"))
    return refuse(`${from.value} brings Lambda's own runtime, which is not done by the local twin`);
  image.from = from.value;
  return done;
};

const readWorkdir = (rest: string, { image, variables }: Reading): Done => {
  const folder = expand(rest.replace(/^"(.*)"$/, "$1"), variables);
  if (!folder.ok) return folder;
  image.workingDirectory = posix.resolve(image.workingDirectory, folder.value);
  return done;
};

const readEnv = (rest: string, { image, variables }: Reading): Done => {
  const expanded = expand(rest, variables);
  if (!expanded.ok) return expanded;
  for (const pair of splitWords(expanded.value) ?? [""]) {
    const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(pair) ?? [];
    if (name === undefined || value === undefined) return refuse("ENV takes NAME=VALUE");
    image.environment = { ...image.environment, [name]: value };
    variables.set(name, value);
  }
  return done;
};

const readCopy = ({ rest, options }: Instruction, { image, variables }: Reading): Done => {
  const expanded = expand(rest, variables);
  if (!expanded.ok) return expanded;
  if (options.from !== undefined) {
    if (!ADAPTER.test(options.from) || expanded.value.replace(/\s+/g, " ") !== ADAPTER_PATHS)
      return refuse(
        `of other images only the Lambda Web Adapter is known: --from=${options.from} ${expanded.value}`,
      );
    image.hasWebAdapter = true;
    return done;
  }
  const words = expanded.value.startsWith("[") ? undefined : splitWords(expanded.value);
  const target = words?.pop();
  if (words === undefined || target === undefined || words.length === 0)
    return refuse("COPY takes its sources and where they go");
  const odd = words.find((source) => /^\/|[*?[\]\\]|(?:^|\/)\.\.(?:\/|$)|<</.test(source));
  if (odd !== undefined) return refuse(`COPY ${odd}: name each file or folder of the build context`);
  const isFolder = words.length > 1 || /(?:^|\/)\.?$/.test(target);
  const path = posix.resolve(image.workingDirectory, target);
  image.copies = [...image.copies, { sources: words, target: isFolder && path !== "/" ? `${path}/` : path }];
  return done;
};

const readCommand = (name: "CMD" | "ENTRYPOINT", rest: string, { image }: Reading): Done => {
  const command = readExecForm(rest);
  if (command === undefined) return refuse(`${name} in the shell form: write ["program", "argument"]`);
  image[name === "CMD" ? "command" : "entryPoint"] = command;
  return done;
};
