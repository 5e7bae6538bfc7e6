// Names that the corpus's template and its rows share.
export const accountId = "123456789012";
export const functionName = "reports";
export const functionArn = `arn:aws:lambda:eu-west-1:${accountId}:function:${functionName}`;
export const liveArn = `${functionArn}:live`;
export const roleArn = (name: string): string => `arn:aws:iam::${accountId}:role/${name}`;
