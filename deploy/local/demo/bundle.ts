// What a browser gets of a TypeScript entry: one ES module, `grantway/client` resolved by client/tsconfig.json.
import { build, type BuildOptions } from "esbuild";

export async function bundle(entry: string, options: BuildOptions = {}): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    logLevel: "silent",
    ...options,
  });
  return outputFiles?.[0]?.text ?? "";
}
