// docs/targets.md, "To stream": its template lines are those that are deployed, and its handler streams on the local AWS.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { fixture, readReply, serveFunctions } from "../deploy/local/lambda/lambda-harness.js";

const [, section = ""] = /^## To stream\n([^]*?)^## /m.exec(readFileSync("docs/targets.md", "utf8")) ?? [];
const block = (language: string): string =>
  new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "m").exec(section)?.[1] ?? "";

const build = { entryPoints: ["handler.ts"], format: "esm", outExtension: ".mjs", target: "es2022" } as const;

test("the template lines are those of the streaming function that is deployed", () => {
  // Without CloudFormation's tags a parameter is the name that stands there, which is enough here.
  const template = parse(readFileSync("deploy/aws/functions.yaml", "utf8"), { logLevel: "silent" }) as {
    Resources: { LongFunction: { Properties: object } };
  };
  expect(template.Resources.LongFunction.Properties).toMatchObject(parse(block("yaml")) as object);
});

test.each([
  ["streams behind a URL with RESPONSE_STREAM", "RESPONSE_STREAM", 200],
  ["is refused by the local AWS behind one that buffers", "BUFFERED", 502],
] as const)("the handler %s", async (_, invokeMode, status) => {
  const codeFolder = mkdtempSync(join(tmpdir(), "grantway-page-"));
  writeFileSync(join(codeFolder, "handler.ts"), block("js"));
  const harness = await serveFunctions([
    fixture("page", invokeMode, { codeFolder, handler: "handler.handler", build }),
  ]);
  try {
    const answer = await harness.open("/page");
    const isStreamed = answer.headers["transfer-encoding"] === "chunked";
    expect({ status: answer.statusCode, isStreamed }).toEqual({ status, isStreamed: status === 200 });
    const { body } = await readReply(answer);
    if (isStreamed) expect(body).toBe("working on it\ndone with /page\n");
  } finally {
    await harness.close();
    rmSync(codeFolder, { recursive: true });
  }
});
