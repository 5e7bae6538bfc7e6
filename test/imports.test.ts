// The first habit of CONTRIBUTING.md, as eslint.config.js has it: for each arrow, an import that goes against it and one
// that goes along. The configuration is asked what it holds of a file; no file of these names need be there.
import { execFileSync } from "node:child_process";

const against = [
  ["server/core/arn.ts", "../adapters/log.js"],
  ["server/core/arn.ts", "../config/fields.js"],
  ["server/core/arn.ts", "../ports.js"],
  ["server/core/arn.ts", "../gateway.js"],
  ["server/core/arn.ts", "../cli/style.js"],
  ["server/core/arn.ts", "express"],
  ["server/core/arn.ts", "node:fs"],
  ["server/config/load.ts", "../adapters/log.js"],
  ["server/config/load.ts", "../authorize.js"],
  ["server/config/load.ts", "../cli/console.js"],
  ["server/adapters/log.ts", "../gateway.js"],
  ["server/adapters/log.ts", "../buffered-body.js"],
  ["server/adapters/log.ts", "../config/compile.js"],
  ["server/adapters/log.ts", "../cli/console.js"],
  ["server/authorize.ts", "./adapters/log.js"],
  ["server/authorize.ts", "./config/compile.js"],
  ["server/authorize.ts", "./cli/console.js"],
  ["server/authorize.ts", "./doctor/examine.js"],
  ["server/main.ts", "./cli/console.js"],
  ["server/main.ts", "./device-login/tokens.js"],
  ["server/main.ts", "./release/release.js"],
  ["server/doctor/text.ts", "../cli/style.js"],
  ["server/doctor/text.ts", "../release/text.js"],
  ["server/doctor/readers/read-iam.ts", "../../cli/style.js"],
  ["server/release/text.ts", "../cli/style.js"],
  ["server/device-login/tokens.ts", "../cli/style.js"],
  ["server/cli/check.ts", "../../deploy/local/options.js"],
  ["server/doctor/text.ts", "../../test/fixtures/outcome.js"],
  ["server/main.ts", "../handlers/hello/handler.js"],
  ["server/main.ts", "../bench/run.js"],
  ["deploy/local/main.ts", "../../bench/run.js"],
  ["handlers/hello/handler.ts", "../../bench/run.js"],
] as const;

const along = [
  ["server/core/arn.ts", "./model.js"],
  ["server/core/arn.ts", "node:crypto"],
  ["server/config/load.ts", "../core/model.js"],
  ["server/adapters/log.ts", "../core/model.js"],
  ["server/adapters/log.ts", "../ports.js"],
  ["server/authorize.ts", "./core/model.js"],
  ["server/authorize.ts", "./ports.js"],
  ["server/main.ts", "./adapters/log.js"],
  ["server/main.ts", "./config/compile.js"],
  ["server/doctor/readers/read-iam.ts", "../../adapters/discovery.js"],
  ["server/device-login/tokens.ts", "../ports.js"],
  ["server/cli/check.ts", "../doctor/examine.js"],
  ["server/cli/test.ts", "./test-report.js"],
  ["deploy/local/main.ts", "../../server/core/model.js"],
  ["test/bench/run.test.ts", "../../bench/run.js"],
] as const;

// In a process of its own: Jest has no `import()`, by which ESLint reads its configuration.
const script = `
  import { ESLint, Linter } from "eslint";
  const eslint = new ESLint();
  const linter = new Linter();
  const refused = [];
  for (const [file, specifier] of JSON.parse(process.argv[1])) {
    const { rules } = await eslint.calculateConfigForFile(file);
    const held = { "no-restricted-imports": rules["no-restricted-imports"] ?? "off" };
    if (linter.verify(\`import \${JSON.stringify(specifier)};\`, [{ rules: held }]).length > 0)
      refused.push(\`\${file} \${specifier}\`);
  }
  console.log(JSON.stringify(refused));
`;

test("ESLint refuses each import that goes against an arrow, and none that goes along", () => {
  const asked = JSON.stringify([...against, ...along]);
  const said = execFileSync(process.execPath, ["--input-type=module", "-e", script, asked], {
    encoding: "utf8",
  });
  expect(JSON.parse(said)).toEqual(against.map(([file, specifier]) => `${file} ${specifier}`));
});
