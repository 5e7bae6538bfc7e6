import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

const notTheProduct = ["**/deploy/**", "**/bench/**", "**/handlers/**", "**/test/**"];
const rule = (...patterns) => ({ "no-restricted-imports": ["error", { patterns }] });
const outsideTheProduct = { group: notTheProduct, message: "The product never reaches there." };
/** For a folder that has no folders in it: what lies above it may be imported only where it is named. */
const onlyFromAbove = (...names) => ({
  regex: String.raw`^\.\./(?!(?:${names.join("|")}))`,
  message: `Imports point one way: from here to ${names.join(", ") || "nowhere"}.`,
});
const not = (...folders) => ({
  regex: `(?:^|/)\\.{1,2}/(?:${folders.join("|")})/`,
  message: "Imports point one way: not from here.",
});
// The interfaces that adapters implement, and the words that logs, metrics and traces share.
const interfaces = ["ports.js", "tracing.js", "http-names.js"];
// Put the gateway together, or carry a call between node:http and the steps.
const edge = ["admin", "app", "call-record", "compose-gateway", "express-bridge", "main", "open-adapters"];

export default defineConfig(
  // The strangers wrote their functions, their authorizers and their images in their own way.
  globalIgnores([
    ...["dist/", "coverage/", "*.config.js"],
    ...[
      "test/deploy/local/strangers/*/",
      "deploy/local/authorizers/",
      "test/deploy/local/lambda/fixtures/image/",
    ],
  ]),
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  {
    files: ["server/cli/**/*.ts"],
    rules: rule(outsideTheProduct),
  },
  {
    // What a command does knows nothing of the command line, nor of another command.
    files: ["server/{doctor,release,device-login}/**/*.ts"],
    rules: rule(outsideTheProduct, not("cli", "doctor", "release", "device-login")),
  },
  {
    // A step takes what it needs as an argument, by an interface of ports.ts.
    files: ["server/*.ts"],
    ignores: edge.map((name) => `server/${name}.ts`),
    rules: rule(outsideTheProduct, not("adapters", "config", "cli", "doctor", "release", "device-login")),
  },
  {
    files: edge.map((name) => `server/${name}.ts`),
    rules: rule(outsideTheProduct, not("cli", "doctor", "release", "device-login")),
  },
  {
    files: ["server/adapters/**/*.ts"],
    rules: rule(outsideTheProduct, onlyFromAbove("core/", ...interfaces)),
  },
  {
    files: ["server/config/**/*.ts"],
    rules: rule(outsideTheProduct, onlyFromAbove("core/")),
  },
  {
    // Nothing but tests reaches into the bench.
    files: ["deploy/**/*.ts", "handlers/**/*.ts"],
    rules: rule("**/bench/**"),
  },
  {
    // The core is pure: no I/O, no clock, no environment.
    files: ["server/core/**/*.ts"],
    rules: {
      ...rule(
        outsideTheProduct,
        { regex: String.raw`^\.\./`, message: "The core imports nothing around it." },
        {
          group: ["express", "undici", "node:http*", "node:fs*", "node:net"],
          message: "The core does no I/O.",
        },
      ),
      "no-restricted-globals": ["error", "process", "fetch", "setTimeout", "setInterval"],
      "no-restricted-properties": ["error", { object: "Date", property: "now" }],
    },
  },
);
