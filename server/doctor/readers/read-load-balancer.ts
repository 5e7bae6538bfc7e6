// The clocks of an Application Load Balancer and of its target groups.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeLoadBalancerAttributes.html
import {
  DescribeLoadBalancerAttributesCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  type ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
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
          const { TargetGroups = [] } = await elb.send(new DescribeTargetGroupsCommand({ LoadBalancerArn }));
          const targetGroups = await Promise.all(
            TargetGroups.map(async ({ TargetGroupArn, TargetGroupName = "" }) => {
              const answer = await elb.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn }));
              const deregistrationSeconds = seconds(
                answer.Attributes,
                "deregistration_delay.timeout_seconds",
              );
              return { name: TargetGroupName, deregistrationSeconds };
            }),
          );
          return { idleSeconds: seconds(Attributes, "idle_timeout.timeout_seconds"), targetGroups };
        },
      ),
  };
}

const seconds = (attributes: readonly Attribute[] = [], key: string): number =>
  Number(present(attributes.find(({ Key }) => Key === key)?.Value, key));
