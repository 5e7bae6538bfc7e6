// The reader of load balancers with the real SDK client, on a socket that speaks ELB's query protocol.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeLoadBalancerAttributes.html
import { queryError, withFakeAws, xml, type AskedOfAws } from "./fake-aws.js";

const arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/gateway/50dc6c495c0c9188";
const groupArn = (name: string): string =>
  `arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/${name}/73e2d6bc24d8a067`;

const members = (each: readonly string[]): string => each.map((one) => `<member>${one}</member>`).join("");
const attributes = (pairs: Readonly<Record<string, string>>): string =>
  `<Attributes>${members(Object.entries(pairs).map(([key, value]) => `<Key>${key}</Key><Value>${value}</Value>`))}</Attributes>`;
const answerTo = (action: string, content: string): string =>
  `<${action}Response xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><${action}Result>${content}</${action}Result>` +
  `<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></${action}Response>`;

/** A load balancer of one idle time, and target groups with a delay each. */
const balancer =
  (idle: Readonly<Record<string, string>>, groups: Readonly<Record<string, string>>) =>
  ({ action, parameters }: AskedOfAws): string => {
    if (action === "DescribeLoadBalancerAttributes") return answerTo(action, attributes(idle));
    if (action === "DescribeTargetGroups") {
      const each = Object.keys(groups).map(
        (name) =>
          `<TargetGroupName>${name}</TargetGroupName><TargetGroupArn>${groupArn(name)}</TargetGroupArn>`,
      );
      return answerTo(action, `<TargetGroups>${members(each)}</TargetGroups>`);
    }
    const name = (parameters.get("TargetGroupArn") ?? "").split("/")[1] ?? "";
    return answerTo(action, attributes({ "deregistration_delay.timeout_seconds": groups[name] ?? "" }));
  };

test("it reads the idle time, and each target group's delay, of the load balancer that was named", async () => {
  const asked: AskedOfAws[] = [];
  const answers = balancer(
    { "idle_timeout.timeout_seconds": "960", "access_logs.s3.enabled": "false" },
    { blue: "900", green: "300" },
  );
  await withFakeAws(
    (question, res) => {
      asked.push(question);
      xml(res, 200, answers(question));
    },
    async (ports) => {
      expect(await ports.loadBalancer(arn)).toEqual({
        ok: true,
        value: {
          idleSeconds: 960,
          targetGroups: [
            { name: "blue", deregistrationSeconds: 900 },
            { name: "green", deregistrationSeconds: 300 },
          ],
        },
      });
    },
  );
  expect(new Set(asked.map(({ service }) => service))).toEqual(new Set(["elasticloadbalancing"]));
  expect(asked.map(({ action }) => action)).toEqual([
    "DescribeLoadBalancerAttributes",
    "DescribeTargetGroups",
    "DescribeTargetGroupAttributes",
    "DescribeTargetGroupAttributes",
  ]);
  expect(asked.slice(0, 2).map(({ parameters }) => parameters.get("LoadBalancerArn"))).toEqual([arn, arn]);
});

test.each([
  ["no idle time, as a Network Load Balancer has none", {}],
  ["an idle time that is no number", { "idle_timeout.timeout_seconds": "soon" }],
])("%s is not seen, and no finding", async (_title, idle) => {
  const answers = balancer(idle, {});
  await withFakeAws(
    (question, res) => xml(res, 200, answers(question)),
    async (ports) => {
      const seen = await ports.loadBalancer(arn);
      expect(seen).toMatchObject({ ok: false, denial: { kind: "failed" } });
      expect(JSON.stringify(seen)).toContain("idle_timeout.timeout_seconds");
    },
  );
});

test.each(["DescribeLoadBalancerAttributes", "DescribeTargetGroups", "DescribeTargetGroupAttributes"])(
  "%s denied is not seen, with the permissions that it needs",
  async (denied) => {
    const answers = balancer({ "idle_timeout.timeout_seconds": "60" }, { blue: "60" });
    await withFakeAws(
      (question, res) => {
        if (question.action === denied) queryError(res, 403, "AccessDenied", "no");
        else xml(res, 200, answers(question));
      },
      async (ports) => {
        const seen = await ports.loadBalancer(arn);
        expect(seen).toMatchObject({ ok: false, denial: { kind: "denied" } });
        expect(JSON.stringify(seen)).toContain(denied);
      },
    );
  },
);
