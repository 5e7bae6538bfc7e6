import { createServer } from "node:http";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAws } from "../../../deploy/local/aws/aws.js";
import { closeAtOnce, freePort, listenOn } from "../../../deploy/local/loopback.js";

const template = `
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
  BrokenFunction:
    Type: AWS::Serverless::Function
    Metadata:
      BuildMethod: esbuild
      BuildProperties: { EntryPoints: [handler.ts], Format: esm, OutExtension: [.js=.mjs], Target: es2022 }
    Properties:
      Runtime: nodejs24.x
      CodeUri: ./
      Handler: handler.handler
      FunctionUrlConfig: { AuthType: AWS_IAM }
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
      DefinitionBody:
        openapi: 3.0.1
        paths:
          /:
            get:
              responses: { "200": { description: A word. } }
              x-amazon-apigateway-integration:
                type: mock
                requestTemplates: { application/json: '{"statusCode": 200}' }
                responses:
                  default: { statusCode: 200, responseTemplates: { application/json: '"word"' } }
  TaskRole:
    Type: AWS::IAM::Role
    Properties:
      RoleName: task
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{ Effect: Allow, Principal: { Service: ecs-tasks.amazonaws.com }, Action: sts:AssumeRole }]
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "grantway-aws-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const startOn = (port: number, functionUrlPorts: readonly number[]) =>
  startAws({
    templateFile: join(folder, "template.yaml"),
    port,
    functionUrlPorts,
    taskRole: "task",
    clock: Date.now,
    log: () => undefined,
  });

async function expectFree(ports: readonly number[]): Promise<void> {
  for (const each of ports) {
    const again = createServer();
    expect(await listenOn(again, each)).toBe(each);
    await closeAtOnce(again);
  }
}

test("a function that does not build ends the start, names itself, and leaves no port taken", async () => {
  writeFileSync(join(folder, "template.yaml"), template);
  writeFileSync(join(folder, "handler.ts"), "export const handler = async () => {");
  const [port, apiPort] = [await freePort(), await freePort()];
  // The function's, which it never gets to, and the API's.
  await expect(startOn(port, [0, apiPort])).rejects.toThrow("BrokenFunction");
  await expectFree([port, apiPort]);
});

/** Ports to try, of which one makes whoever reads it fail, as a listener without a free descriptor would. */
function portsFailingAt(at: number, port: number): number[] {
  const ports = [port, port];
  Object.defineProperty(ports, at, {
    get: () => {
      throw new Error("no port");
    },
  });
  return ports;
}

test.each([
  ["the APIs", 1],
  ["the function URLs", 0],
])("where %s cannot listen, what listened before does not go on to", async (_what, at) => {
  writeFileSync(join(folder, "template.yaml"), template);
  writeFileSync(join(folder, "handler.ts"), "export const handler = () => ({});");
  const [port, otherPort] = [await freePort(), await freePort()];
  await expect(startOn(port, portsFailingAt(at, otherPort))).rejects.toThrow("no port");
  await expectFree([port, otherPort]);
});
