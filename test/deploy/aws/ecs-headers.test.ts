// What the load balancer of ecs.yaml makes of a caller's headers, and what a gateway that stands behind it believes of them.
import { readFileSync } from "node:fs";
import { startStack, type Stack } from "../../fixtures/stack.js";
import { pairs, readStack } from "./stack-template.js";

const attributes = pairs(
  readStack("ecs.yaml").at("Resources.LoadBalancer.Properties.LoadBalancerAttributes"),
);
const attribute = (key: string): string => String(attributes.get(key));

const written = "198.51.100.7";
const seen = "203.0.113.66";
/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html */
const forwardedFor: Readonly<Record<string, readonly string[]>> = {
  append: [`${written}, ${seen}`],
  preserve: [written],
  remove: [],
};

describe("the caller's address", () => {
  let stack: Stack;
  beforeAll(async () => {
    // What the pages tell the reader to write.
    const readme = readFileSync("deploy/aws/README.md", "utf8");
    const trustProxy = Number(/`listen: \{ trustProxy: (\d) \}`/.exec(readme)?.[1]);
    stack = await startStack({ adjust: (local) => ({ ...local, listen: { ...local.listen, trustProxy } }) });
  });
  afterAll(() => stack.close());

  const clientBehind = async (mode: string): Promise<unknown> => {
    const [header] = forwardedFor[mode] ?? [];
    await fetch(`${stack.url}/hello`, {
      headers: header === undefined ? {} : { "x-forwarded-for": header },
    });
    return stack.logLines().at(-1)?.client;
  };

  test("is the one that the load balancer saw, whatever the caller wrote before it", async () => {
    expect(await clientBehind(attribute("routing.http.xff_header_processing.mode"))).toBe(seen);
  });

  test("would be of the caller's choice, or the load balancer's own, in its other modes", async () => {
    expect([await clientBehind("preserve"), await clientBehind("remove")]).toEqual([written, "127.0.0.1"]);
  });
});

test("names that HTTP libraries read in different ways do not come through, and Host does as it was written", () => {
  expect(attribute("routing.http.drop_invalid_header_fields.enabled")).toBe("true");
  expect(attribute("routing.http.preserve_host_header.enabled")).toBe("true");
});
