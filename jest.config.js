// ESM-only packages that our CommonJS test build loads; Jest must transform them too.
// The last two call `import()`, which Jest has only where it is transformed.
const esmOnly = [
  ...["jose", "oidc-provider", "lru-cache", "@marcbachmann/cel-js"],
  ...["@opentelemetry/exporter-trace-otlp-proto", "@opentelemetry/otlp-exporter-base"],
];

// The AWS SDK's note on Node 20 would stand between the results of every test file.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

/** @type {import("jest").Config} */
export default {
  testEnvironment: "node",
  // Jest's default leaves one core idle, which on two cores doubles the wait.
  maxWorkers: "100%",
  // No test is about how fast this machine is: a busy one starts a function's process in seconds.
  testTimeout: 120_000,
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  transform: {
    "\\.[jt]s$": [
      "@swc/jest",
      {
        jsc: { target: "es2022", parser: { syntax: "typescript" } },
        module: { type: "commonjs" },
      },
    ],
  },
  // With --coverage (npm run coverage): every branch of the core, and of the twin's IAM, is tested.
  collectCoverageFrom: ["server/core/**/*.ts", "deploy/local/aws/iam/**/*.ts"],
  coverageDirectory: "coverage",
  coverageReporters: ["text-summary"],
  coverageThreshold: {
    "./server/core/": { branches: 100, functions: 100 },
    "./deploy/local/aws/iam/": { branches: 100, functions: 100 },
  },
  moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join("|")})/)`],
};
