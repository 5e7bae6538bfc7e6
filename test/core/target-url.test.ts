import { targetUrl } from "../../server/core/target-url.js";
import { functionUrlTarget } from "../fixtures/route.js";

const endpoint = { ...functionUrlTarget, origin: "https://a.example.com" };
const functionArn = "arn:aws:lambda:eu-west-1:123456789012:function:jobs:live";

test("a function URL is its origin, a stage has its path, an invocation the function's", () => {
  expect(targetUrl(endpoint)).toBe("https://a.example.com/");
  const stage = { ...endpoint, kind: "executeApi", basePath: "/prod", stageArn: "" } as const;
  expect(targetUrl(stage)).toBe("https://a.example.com/prod/");
  expect(targetUrl({ ...stage, basePath: "" })).toBe("https://a.example.com/");
  const invoke = {
    ...endpoint,
    kind: "invoke",
    functionArn,
    mode: "Event",
    raw: false,
    logTail: false,
  } as const;
  expect(targetUrl(invoke)).toBe(
    "https://a.example.com/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A123456789012%3Afunction%3Ajobs%3Alive/invocations",
  );
});
