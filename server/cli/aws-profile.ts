// Whether a profile stands in the files that the AWS SDK reads. It must be known here: where there is none, the SDK goes
// on to the next credentials that it finds, and says nothing.
// https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

export function hasProfile(name: string, env: NodeJS.ProcessEnv): boolean {
  return profileFiles(env).flatMap(sectionsOf).includes(name);
}

export const profileFiles = (env: NodeJS.ProcessEnv): readonly [config: string, credentials: string] => [
  env.AWS_CONFIG_FILE ?? join(homedir(), ".aws", "config"),
  env.AWS_SHARED_CREDENTIALS_FILE ?? join(homedir(), ".aws", "credentials"),
];

/** `[profile doctor]` of the one file is `[doctor]` of the other. */
function sectionsOf(file: string): readonly string[] {
  const headings = readText(file).matchAll(/^[ \t]*\[[ \t]*(?:profile[ \t]+)?["']?([^\]"']*)["']?[ \t]*\]/gm);
  return Array.from(headings, ([, name = ""]) => name.trim());
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
