// What Ref and Fn::GetAtt give for SQS's resources and for what Lambda is told about events.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html
import type { Naming, ResourceNames } from "../resources/resource-names.js";
import { generatedName, uuid } from "../stable-id.js";

const named = (ref: string, attributes: Readonly<Record<string, string>> = {}): ResourceNames => ({
  ref,
  attributes: new Map(Object.entries(attributes)),
});

export const queueNamers: Readonly<Record<string, (naming: Naming) => ResourceNames>> = {
  "AWS::SQS::Queue": ({ logicalId, stack, text }) => {
    const { accountId, region, stackName } = stack;
    const name = text("QueueName") ?? generatedName(stackName, logicalId);
    const url = `https://sqs.${region}.amazonaws.com/${accountId}/${name}`;
    const arn = `arn:aws:sqs:${region}:${accountId}:${name}`;
    return named(url, { Arn: arn, QueueName: name, QueueUrl: url });
  },
  "AWS::SQS::QueuePolicy": ({ logicalId }) => named(logicalId, { Id: logicalId }),
  "AWS::Lambda::EventSourceMapping": ({ logicalId, stack }) => {
    const id = uuid(stack.stackName, logicalId);
    const arn = `arn:aws:lambda:${stack.region}:${stack.accountId}:event-source-mapping:${id}`;
    return named(id, { Id: id, EventSourceMappingArn: arn });
  },
  "AWS::Lambda::EventInvokeConfig": ({ logicalId }) => named(logicalId),
};
