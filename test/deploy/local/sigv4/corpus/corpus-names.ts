// Names that the corpus's template and its rows share.
import { apiGatewayId } from "../../../../../deploy/local/aws/template/stable-id.js";

export const accountId = "123456789012";
export const functionName = "reports";
export const functionArn = `arn:aws:lambda:eu-west-1:${accountId}:function:${functionName}`;
export const liveArn = `${functionArn}:live`;
/** The same at each start, since it is made of the stack's name and the logical id. */
export const stageArn = `arn:aws:execute-api:eu-west-1:${accountId}:${apiGatewayId("grantway", "Api", 10)}/prod`;
export const roleArn = (name: string): string => `arn:aws:iam::${accountId}:role/${name}`;
