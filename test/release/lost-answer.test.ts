// A Lambda that does what it is asked, and whose answer never comes: the AWS SDK asks again, with a revision that is gone.
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { lambdaAlias } from "../../server/release/lambda-alias.js";
import type { ReleasePorts } from "../../server/release/ports.js";
import { release } from "../../server/release/release.js";
import { rollback } from "../../server/release/rollback.js";
import { FakeWorld, plan } from "./fake-world.js";

/**
 * done: and no answer. undone: not even that. erred: done, and answered 500. same: done by somebody else, just before.
 * alike: the same split by somebody else, as a release of their own. throttled: not now.
 */
type Fate = "answered" | "done" | "undone" | "erred" | "same" | "alike" | "throttled";

let world: FakeWorld;
let server: Server;
let client: LambdaClient;
/** Of the UpdateAlias calls, one after the other; then all are answered. */
let fates: Fate[];
let readsLost: number;

beforeEach(async () => {
  world = new FakeWorld().edit("b");
  world.meanwhile = () => world.call("2");
  [fates, readsLost] = [[], 0];
  server = createServer((request, response) => void answer(request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  client = new LambdaClient({
    region: "eu-west-1",
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: "id", secretAccessKey: "secret" },
  });
});
afterEach(() => {
  client.destroy();
  server.closeAllConnections();
  server.close();
});

const lose = (request: IncomingMessage) => request.socket.destroy();
const refuse = (response: ServerResponse, status: number, type: string) =>
  response.writeHead(status, { "x-amzn-errortype": type }).end("{}");

async function answer(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
  if (request.method === "GET") {
    if (readsLost === 0) return response.end(JSON.stringify(asAws()));
    readsLost -= 1;
    return lose(request);
  }
  const body = JSON.parse(await text(request)) as Asked;
  const fate = fates.shift() ?? "answered";
  if (fate === "undone") return lose(request);
  if (fate === "throttled") return refuse(response, 429, "TooManyRequestsException");
  if (fate === "same") move(body);
  if (fate === "alike") {
    move({ ...body, Description: body.Description.replace(/ begun \S+\]/, " begun 2025-12-31T23:59:59Z]") });
    return lose(request);
  }
  if (!move(body)) return refuse(response, 412, "PreconditionFailedException");
  if (fate === "erred") return refuse(response, 500, "ServiceException");
  return fate === "done" ? lose(request) : response.end(JSON.stringify(asAws()));
}

interface Asked {
  readonly FunctionVersion?: string;
  readonly Description: string;
  readonly RevisionId: string;
  readonly RoutingConfig: { readonly AdditionalVersionWeights: Readonly<Record<string, number>> };
}

function move({ FunctionVersion, Description, RevisionId, RoutingConfig }: Asked): boolean {
  const [[version, weight] = []] = Object.entries(RoutingConfig.AdditionalVersionWeights);
  return world.versions.updateAlias("live", {
    ...(FunctionVersion !== undefined && { functionVersion: FunctionVersion }),
    description: Description,
    additional: version === undefined || weight === undefined ? null : { version, weight },
    revisionId: RevisionId,
  }).ok;
}

function asAws(): object {
  const { functionVersion, description, revisionId, additional } = world.alias;
  const weights = additional && { [additional.version]: additional.weight };
  return {
    ...{ FunctionVersion: functionVersion, Description: description, RevisionId: revisionId },
    ...(weights && { RoutingConfig: { AdditionalVersionWeights: weights } }),
  };
}

const ports = (): ReleasePorts => {
  const { alias, ...others } = world.ports;
  const overTheWire = lambdaAlias(client, { functionName: "f", alias: "live" });
  return {
    ...others,
    alias: {
      ...overTheWire,
      describe: (version) => alias.describe(version),
      publish: (codeSha256) => alias.publish(codeSha256),
    },
  };
};

/** All three attempts that the SDK makes of one call. */
const unanswered: readonly Fate[] = ["done", "undone", "undone"];
const undone: readonly Fate[] = ["undone", "undone", "undone"];

test("each step is done, though no first answer comes", async () => {
  fates = ["done", "answered", "done", "answered", "done"];
  expect(await release(ports(), plan)).toBe("done");
  expect(world.told).toEqual(["published", "step", "look", "look", "step", "look", "look", "done"]);
  expect(world.routing).toBe("2");
});

test("a step is done, though AWS answers 500: the conflict that its second attempt meets is its own doing", async () => {
  fates = ["erred"];
  expect(await release(ports(), plan)).toBe("done");
  expect(world.told).not.toContain("conflict");
});

test("the same split of another release is not one's own, though the own answer was lost", async () => {
  fates = ["alike"];
  expect(await release(ports(), plan)).toBe("no");
  expect(world.told).toEqual(["published", "conflict"]);
  expect(world.routing).toBe("1+2@0.1");
});

test("a step is done, though no answer comes at all", async () => {
  fates = [...unanswered];
  expect(await release(ports(), plan)).toBe("done");
});

test("a rollback is done, though its answer is lost", async () => {
  await release(ports(), plan);
  fates = ["done"];
  expect(await rollback(ports(), { to: undefined, isDryRun: false })).toBe("done");
  expect([world.routing, world.told.at(-1)]).toEqual(["1", "rolled_back"]);
});

test("a bad version is back, though the answer is lost", async () => {
  world.meanwhile = () => world.call("2", true);
  fates = ["answered", "done"];
  expect(await release(ports(), plan)).toBe("no");
  expect([world.routing, world.told.at(-1)]).toEqual(["1", "rolled_back"]);
});

test("a bad version is back, though that is seen only with the next try", async () => {
  fates = ["answered", ...unanswered];
  world.meanwhile = (sleep) => {
    world.call("2", true);
    if (sleep === 1) readsLost = 3;
  };
  expect(await release(ports(), plan)).toBe("no");
  expect(world.told.slice(-3)).toEqual(["over", "retried", "rolled_back"]);
  expect(world.routing).toBe("1");
});

test("what was not done is a failure, which says where the alias is", async () => {
  fates = ["answered", ...undone];
  expect(await release(ports(), plan)).toBe("failed");
  expect(world.events.slice(-2)).toMatchObject([
    { event: "failed", sentence: expect.stringContaining("lambda:UpdateAlias on f:live failed") as string },
    { event: "left", percent: 10, version: "2" },
  ]);
});

test("where the alias cannot be read either, nothing is said that is not known", async () => {
  fates = ["answered", ...unanswered];
  world.meanwhile = () => {
    world.call("2");
    readsLost = 3;
  };
  expect(await release(ports(), plan)).toBe("failed");
  expect(world.events.at(-1)).toMatchObject({
    event: "failed",
    sentence: expect.stringContaining("whether the alias has moved is not known") as string,
  });
  expect(world.routing).toBe("1+2@0.5");
});

test.each<readonly [Fate[]]>([[["same"]], [["throttled", "same"]]])(
  "the very same of somebody else's is not one's own: of two releases at once one goes on (%j)",
  async (given) => {
    fates = given;
    expect(await release(ports(), plan)).toBe("no");
    expect(world.told).toEqual(["published", "conflict"]);
    expect(world.routing).toBe("1+2@0.1");
  },
);
