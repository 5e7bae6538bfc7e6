// A function as Lambda has it, by its alias: URL, timeout, what is reserved, and who else may call it.
// https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionUrlConfig.html
import {
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetFunctionUrlConfigCommand,
  GetPolicyCommand,
  type LambdaClient,
  ListFunctionUrlConfigsCommand,
} from "@aws-sdk/client-lambda";
import { accept } from "../../core/result.js";
import { readPolicyDocument } from "../policy-statements.js";
import type { DoctorPorts } from "../ports.js";
import { look, present } from "./aws-look.js";

type LambdaReader = Pick<
  DoctorPorts,
  "functionUrl" | "functionUrls" | "functionTimeout" | "functionReserved" | "functionPolicy"
>;

/** `lambdaOf`: the client of a function's region. */
export function lambdaReader(lambdaOf: (functionArn: string) => LambdaClient): LambdaReader {
  return {
    functionUrl: (arn) =>
      look("lambda:GetFunctionUrlConfig on the function", async () => {
        const config = await lambdaOf(arn).send(new GetFunctionUrlConfigCommand(named(arn)));
        return {
          url: present(config.FunctionUrl, "FunctionUrl"),
          authType: present(config.AuthType, "AuthType"),
          invokeMode: config.InvokeMode ?? "BUFFERED",
          hasCors: config.Cors !== undefined,
        };
      }),
    functionUrls: (arn) =>
      look("lambda:ListFunctionUrlConfigs on the function", async () => {
        const { FunctionName } = named(arn);
        const answer = await lambdaOf(arn).send(new ListFunctionUrlConfigsCommand({ FunctionName }));
        return present(answer.FunctionUrlConfigs, "FunctionUrlConfigs").map(
          ({ FunctionArn, FunctionUrl }) => ({
            functionArn: present(FunctionArn, "FunctionArn"),
            url: present(FunctionUrl, "FunctionUrl"),
          }),
        );
      }),
    functionTimeout: (arn) =>
      look("lambda:GetFunctionConfiguration on the function", async () => {
        const { Timeout } = await lambdaOf(arn).send(new GetFunctionConfigurationCommand(named(arn)));
        return present(Timeout, "Timeout");
      }),
    // Of the function, whatever its alias.
    functionReserved: (arn) => {
      const { FunctionName } = named(arn);
      return look("lambda:GetFunctionConcurrency on the function", async () => {
        const answer = await lambdaOf(arn).send(new GetFunctionConcurrencyCommand({ FunctionName }));
        return answer.ReservedConcurrentExecutions;
      });
    },
    functionPolicy: async (arn) => {
      const seen = await look("lambda:GetPolicy on the function", async () => {
        const { Policy } = await lambdaOf(arn).send(new GetPolicyCommand(named(arn)));
        return present(readPolicyDocument(Policy ?? "", "the function's policy"), "JSON in its policy");
      });
      return !seen.ok && seen.denial.kind === "absent" ? accept([]) : seen;
    },
  };
}

/** An ARN's qualifier as a parameter of its own: IAM and Lambda take either. */
export function named(arn: string): { readonly FunctionName: string; readonly Qualifier?: string } {
  const [, name = arn, qualifier] = /^((?:[^:]*:){6}[^:]*)(?::(.*))?$/.exec(arn) ?? [];
  return { FunctionName: name, ...(qualifier !== undefined && { Qualifier: qualifier }) };
}
