// The clocks of an Application Load Balancer and of its target groups.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeLoadBalancerAttributes.html
import {
  DescribeLoadBalancerAttributesCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  type ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { mapLimited, questionsAtOnce } from "../limited.js";
import type { DoctorPorts } from "../ports.js";
import { look, present } from "./aws-look.js";

interface Attribute {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

export function loadBalancerReader(elb: ElasticLoadBalancingV2Client): Pick<DoctorPorts, "loadBalancer"> {
  return {
    loadBalancer: (LoadBalancerArn) =>
      look(
        "elasticloadbalancing:DescribeLoadBalancerAttributes, DescribeTargetGroups and DescribeTargetGroupAttributes on *",
        async () => {
          const { Attributes } = await elb.send(
            new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn }),
          );
          const answer = await elb.send(new DescribeTargetGroupsCommand({ LoadBalancerArn }));
          const groups = present(answer.TargetGroups, "TargetGroups");
          const targetGroups = await mapLimited(groups, questionsAtOnce, async (group) => {
            const { TargetGroupArn, TargetGroupName = "" } = group;
            const command = new DescribeTargetGroupAttributesCommand({ TargetGroupArn });
            const its = (await elb.send(command)).Attributes;
            const deregistrationSeconds = seconds(its, "deregistration_delay.timeout_seconds");
            return { name: TargetGroupName, deregistrationSeconds };
          });
          return { idleSeconds: seconds(Attributes, "idle_timeout.timeout_seconds"), targetGroups };
        },
      ),
  };
}

function seconds(attributes: readonly Attribute[] = [], key: string): number {
  const value = present(attributes.find(({ Key }) => Key === key)?.Value, key);
  if (!/^\d{1,6}$/.test(value)) throw new Error(`AWS answered with a ${key} that is no number of seconds`);
  return Number(value);
}
