// A function whose runtime is its own: an executable `bootstrap` in its code, which speaks the Runtime API.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html. Not done: a bootstrap that a layer brings.
import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import type { FunctionDefinition } from "../model.js";
import type { BuiltFunction } from "./build.js";
import { copyCode } from "./task-folder.js";

export const isCustomRuntime = ({ runtime }: FunctionDefinition): boolean => runtime.startsWith("provided");

/** Throws with the function's logical id when there is nothing that could run. */
export const buildCustomRuntime = async (
  definition: FunctionDefinition,
  outFolder: string,
): Promise<BuiltFunction> => {
  const { logicalId, codeFolder, handler } = definition;
  const folder = join(outFolder, "task");
  const bootstrap = join(folder, "bootstrap");
  try {
    await copyCode(codeFolder, folder);
  } catch (cause) {
    throw new Error(`${logicalId}: ${String(cause)}`, { cause });
  }
  await access(bootstrap, constants.X_OK).catch((cause: unknown) => {
    throw new Error(`${logicalId}: no executable bootstrap in ${codeFolder}`, { cause });
  });
  return {
    ...{ definition, folder, handlerFile: bootstrap, exportPath: "", sources: [codeFolder] },
    program: { command: [bootstrap], handler, extensions: [], portVariables: [] },
  };
};
