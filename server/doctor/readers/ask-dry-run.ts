// Whether Lambda would take a call of the gateway's, or of a rule's session: Invoke with DryRun, which runs nothing.
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html (InvocationType)
import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { AssumeRoleCommand, type STSClient } from "@aws-sdk/client-sts";
import type { Credentials } from "../../core/model.js";
import { likeError } from "../../core/like-error.js";
import type { CalledFunction, DoctorPorts, ProbeRequest } from "../ports.js";
import { assumeInput } from "./ask-sts.js";
import { look, present } from "./aws-look.js";
import { named } from "./read-lambda.js";

/** A client of its own for each question. Without credentials: the gateway's. */
export type LambdaFor = (called: CalledFunction, credentials: Credentials | undefined) => LambdaClient;

export function dryRunAsker(sts: STSClient, lambdaFor: LambdaFor): Pick<DoctorPorts, "dryRun"> {
  return {
    dryRun: (called, as) =>
      look(`a DryRun of ${called.functionArn}`, async () => {
        const credentials = as && (await sessionFor(sts, as, called.functionArn));
        const lambda = lambdaFor(called, credentials);
        try {
          await lambda.send(new InvokeCommand({ ...named(called.functionArn), InvocationType: "DryRun" }));
          return true;
        } catch (error) {
          if (likeError(error).name === "AccessDeniedException") return false;
          throw error;
        } finally {
          lambda.destroy();
        }
      }),
  };
}

/** Good for this one call, for as long as STS must give it. */
async function sessionFor(sts: STSClient, request: ProbeRequest, functionArn: string): Promise<Credentials> {
  const Statement = [{ Effect: "Allow", Action: "lambda:InvokeFunction", Resource: functionArn }];
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
  const shortest = { ...request, durationSeconds: 900 };
  const answer = await sts.send(new AssumeRoleCommand({ ...assumeInput(shortest), Policy }));
  const { AccessKeyId, SecretAccessKey, SessionToken } = present(answer.Credentials, "credentials");
  return {
    accessKeyId: present(AccessKeyId, "AccessKeyId"),
    secretAccessKey: present(SecretAccessKey, "SecretAccessKey"),
    sessionToken: present(SessionToken, "SessionToken"),
  };
}
