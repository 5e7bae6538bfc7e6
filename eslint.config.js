import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

const notTheProduct = ["**/deploy/**", "**/bench/**", "**/handlers/**", "**/test/**"];

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
    // One arrow: the product never reaches into the twin, the bench, the handlers or the tests.
    files: ["server/**/*.ts"],
    rules: { "no-restricted-imports": ["error", { patterns: notTheProduct }] },
  },
  {
    // Nothing but tests reaches into the bench.
    files: ["deploy/**/*.ts", "handlers/**/*.ts"],
    rules: { "no-restricted-imports": ["error", { patterns: ["**/bench/**"] }] },
  },
  {
    // The core is pure: no I/O, no clock, no environment.
    files: ["server/core/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            ...notTheProduct,
            "**/adapters/**",
            "**/config/**",
            "express",
            "undici",
            "node:http*",
            "node:fs*",
            "node:net",
          ],
        },
      ],
      "no-restricted-globals": ["error", "process", "fetch", "setTimeout", "setInterval"],
      "no-restricted-properties": ["error", { object: "Date", property: "now" }],
    },
  },
);
