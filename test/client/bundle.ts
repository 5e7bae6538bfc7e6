// The client, or what uses it, as a bundler makes it of the source: `grantway/client` is resolved by client/tsconfig.json.
import { join } from "node:path";
import { build, type BuildOptions } from "esbuild";

export const clientFolder = join(__dirname, "../../client");

export async function bundle(entry: string, options: BuildOptions = {}): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    ...options,
  });
  return outputFiles?.[0]?.text ?? "";
}
