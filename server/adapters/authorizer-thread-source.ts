// What runs in a custom authorizer's thread, on the other end of authorizer-thread.ts's port. JavaScript as text, so that a
// thread begins alike from source and from the compiled gateway. The handler may be async, give a promise, call its
// callback or `context.done`, as the Node runtimes of Lambda have had it.
export const threadSource = `"use strict";
const { name, url, maxAnswerBytes, port } = require("node:worker_threads").workerData;
const asText = (value) => (typeof value === "string" ? value : "no text");
const typeOf = (error) => (error instanceof Error ? asText(error.name) : "a value that is no Error");
const messageOf = (error) => asText(error && typeof error === "object" ? error.message : error);

function contextFor(id, deadline, settle) {
  return {
    awsRequestId: String(id), functionName: name, functionVersion: "$LATEST", invokedFunctionArn: name,
    memoryLimitInMB: "256", logGroupName: name, logStreamName: name, callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    done: (error, value) => settle(error, value), fail: (error) => settle(error || "failed"),
    succeed: (value) => settle(null, value),
  };
}

function run(handler, { id, event, deadline }) {
  const settle = (error, value) => {
    if (error !== null && error !== undefined) {
      port.postMessage({ kind: "thrown", id, type: typeOf(error).slice(0, 100), message: messageOf(error).slice(0, 1000) });
      return;
    }
    let text;
    try {
      text = JSON.stringify(value === undefined ? null : value);
    } catch (fault) {
      return settle(fault);
    }
    if (text === undefined) return settle(new TypeError("the answer has no form in JSON"));
    if (Buffer.byteLength(text) > maxAnswerBytes) return settle(new RangeError("the answer has more than " + maxAnswerBytes + " bytes"));
    port.postMessage({ kind: "answer", id, text });
  };
  try {
    const given = handler(JSON.parse(event), contextFor(id, deadline, settle), settle);
    if (given && typeof given.then === "function") {
      given.then((value) => settle(null, value), (error) => settle(error === null || error === undefined ? "rejected" : error));
    }
  } catch (error) {
    settle(error === null || error === undefined ? "thrown" : error);
  }
}

import(url).then(
  (module) => {
    const other = module.default;
    const handler = [module.handler, other && other.handler, other].find((each) => typeof each === "function");
    if (!handler) return port.postMessage({ kind: "fault", fault: "it exports no function named handler, nor one as default" });
    port.on("message", (call) => run(handler, call));
    port.postMessage({ kind: "ready" });
  },
  (error) => port.postMessage({ kind: "fault", fault: "it cannot be loaded: " + messageOf(error).slice(0, 1000) }),
);
`;
