import { namesFunctionError } from "../../server/core/function-error.js";

test.each([
  [["x-amz-function-error", "Unhandled"]],
  [["X-Amz-Function-Error", ""]],
  [["Lambda-Runtime-Function-Error-Type", "Runtime.Error"]],
  [["etag", "x", "lambda-runtime-function-error-type", "x"]],
])("%j says that the function failed", (fields) => {
  expect(namesFunctionError(fields)).toBe(true);
});

test.each([
  [[]],
  [["x-amzn-errortype", "AccessDeniedException"]],
  [["x-amz-function-errors", "1", "x-amz-function-erro", "1"]],
  // A value is no name, and no name has the length of one of these by chance.
  [["x-a", "x-amz-function-error"]],
  [["x-aws-function-error", "1"]],
])("%j does not", (fields) => {
  expect(namesFunctionError(fields)).toBe(false);
});
