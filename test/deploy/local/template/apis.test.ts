// REST APIs in a template: SAM's, plain CloudFormation's, and what is refused by name.
import type { RestApi } from "../../../../deploy/local/aws/model.js";
import { fn, lambdaTrust, resource, sam, samTemplate, template, templateFolder } from "./sample-template.js";

const folder = templateFolder();
afterAll(() => folder.remove());

const uri = "!Sub 'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations'";
const proxy = (more = ""): string =>
  `x-amazon-apigateway-integration: { type: aws_proxy, httpMethod: POST, uri: ${uri} ${more} }`;
const mock = (more = "", status = "200", asked = status): string =>
  `responses: { '${status}': { description: x } }, x-amazon-apigateway-integration: { type: mock,
     requestTemplates: { application/json: '{"statusCode": ${asked}}' },
     responses: { default: { statusCode: ${status}, responseTemplates: { application/json: 'hi' } } } ${more} }`;
const body = (paths: string, more = ""): string =>
  `DefinitionBody: { openapi: 3.0.1, info: { title: x, version: '1' }, paths: { ${paths} } ${more} }`;
const api = (properties: string, more = ""): string =>
  resource("AWS::Serverless::Api", `StageName: prod, ${properties}`, more, "Api");
const iam = "Auth: { DefaultAuthorizer: AWS_IAM }";

const keysOf = ({ methods = [] }: Partial<RestApi> = {}): string[] =>
  methods.map(({ method, path, authorization }) => `${method} ${path} ${authorization}`);
const firstApi = async (text: string): Promise<RestApi | undefined> => (await folder.load(text)).apis?.[0];

describe("an AWS::Serverless::Api", () => {
  test("has the methods of its definition, IAM's callers only, and one stage", async () => {
    const paths = `/a: { get: { ${mock()} } }, '/b/{proxy+}': { x-amazon-apigateway-any-method: { responses: {}, ${proxy()} } }`;
    const read = await firstApi(
      samTemplate(fn(), api(`${iam}, BinaryMediaTypes: ['image/*'], ${body(paths)}`)),
    );
    expect(keysOf(read)).toEqual(["GET /a AWS_IAM", "ANY /b/{proxy+} AWS_IAM"]);
    expect(read).toMatchObject({
      logicalId: "Api",
      stages: [{ name: "prod" }],
      binaryMediaTypes: ["image/*"],
    });
    expect(read?.id).toMatch(/^[a-z0-9]{10}$/);
    expect(read?.methods.map(({ integration }) => integration)).toEqual([
      { kind: "mock", status: 200, body: "hi" },
      {
        ...{
          kind: "function",
          functionArn: expect.stringMatching(/^arn:aws:lambda:.*:function:s-Fn-/) as unknown,
        },
        ...{ invokedBy: "apiGateway", timeoutMs: 29_000 },
      },
    ]);
  });

  test("has IAM on an operation that names no scheme, even where it says `security: []`", async () => {
    const paths = `/a: { get: { security: [], ${mock()} } }`;
    expect(keysOf(await firstApi(samTemplate(api(`${iam}, ${body(paths)}`))))).toEqual(["GET /a AWS_IAM"]);
  });

  test("is open without an authorizer, but for operations that ask for IAM themselves", async () => {
    const own = "x-amazon-apigateway-auth: { type: AWS_IAM }";
    const scheme =
      ", components: { securitySchemes: { mine: { type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: awsSigv4 } } }";
    const paths = `/a: { get: { ${mock()} }, put: { ${own}, ${mock()} }, post: { security: [{ mine: [] }], ${mock()} } }`;
    expect(keysOf(await firstApi(samTemplate(api(body(paths, scheme)))))).toEqual([
      "GET /a NONE",
      "PUT /a AWS_IAM",
      "POST /a AWS_IAM",
    ]);
  });

  const event = (properties: string): string =>
    fn(
      `Events: { E: { Type: Api, Properties: { RestApiId: !Ref Api, Path: '/e/{id}', Method: ANY, ${properties} } } }`,
    );

  test("gets the events of functions, which are called as the caller where SAM's InvokeRole says nothing", async () => {
    const invokedBy = async (properties: string, auth = iam): Promise<string[]> => {
      const read = await firstApi(samTemplate(event(properties), api(auth)));
      const [integration] = (read?.methods ?? []).map((method) => method.integration);
      return [...keysOf(read), integration?.kind === "function" ? integration.invokedBy : ""];
    };
    expect(await invokedBy("")).toEqual(["ANY /e/{id} AWS_IAM", "caller"]);
    expect(await invokedBy("Auth: { InvokeRole: NONE }")).toEqual(["ANY /e/{id} AWS_IAM", "apiGateway"]);
    expect(await invokedBy("", "Auth: { DefaultAuthorizer: AWS_IAM, InvokeRole: NONE }")).toEqual([
      "ANY /e/{id} AWS_IAM",
      "apiGateway",
    ]);
    expect(await invokedBy("Auth: { Authorizer: NONE }")).toEqual(["ANY /e/{id} NONE", "apiGateway"]);
    expect(await invokedBy("Auth: { Authorizer: AWS_IAM }", "Name: x")).toEqual([
      "ANY /e/{id} AWS_IAM",
      "caller",
    ]);
  });

  test("lets an event's function be called for its method and path, by each stage", async () => {
    const { functions, apis } = await folder.load(samTemplate(event(""), api(iam)));
    expect(functions[0]?.permissions?.[0]?.document.statements).toMatchObject([
      {
        principals: { service: ["apigateway.amazonaws.com"] },
        conditions: [
          { values: [`arn:aws:execute-api:eu-west-1:123456789012:${apis?.[0]?.id ?? ""}/*/*/e/*`] },
        ],
      },
    ]);
  });

  test("keeps events out of a definition of its own, unless it says MergeDefinitions", async () => {
    const own = `${iam}, ${body(`/a: { get: { ${mock()} } }`)}`;
    expect(keysOf(await firstApi(samTemplate(event(""), api(own))))).toEqual(["GET /a AWS_IAM"]);
    const merged = await firstApi(samTemplate(event(""), api(`MergeDefinitions: true, ${own}`)));
    expect(keysOf(merged)).toEqual(["GET /a AWS_IAM", "ANY /e/{id} AWS_IAM"]);
  });

  test("can be named: its id, its stage, its deployment and its root", async () => {
    const values = [
      "!Ref Api",
      "!Ref ApiprodStage",
      "!Ref Api.Stage",
      "!Ref Api.Deployment",
      "!GetAtt Api.RootResourceId",
    ];
    const outputs = values.map((value, at) => `O${at}: { Value: ${value} }`).join(", ");
    const text = `${samTemplate(event(""), api(iam))}Outputs: { ${outputs} }`;
    expect(await folder.faultsOf(text)).toEqual([]);
  });
});

const plain = (
  more: readonly string[] = [],
  integration = "{ Type: MOCK, RequestTemplates: { application/json: '{\"statusCode\": 200}' }, IntegrationResponses: [{ StatusCode: 200, ResponseTemplates: { application/json: hi } }] }",
): string[] => [
  resource("AWS::ApiGateway::RestApi", "Name: x", "", "Api"),
  resource(
    "AWS::ApiGateway::Resource",
    "RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: a",
    "",
    "A",
  ),
  resource("AWS::ApiGateway::Resource", "RestApiId: !Ref Api, ParentId: !Ref A, PathPart: '{id}'", "", "B"),
  resource(
    "AWS::ApiGateway::Method",
    `RestApiId: !Ref Api, ResourceId: !Ref B, HttpMethod: GET, AuthorizationType: AWS_IAM, MethodResponses: [{ StatusCode: 200 }], Integration: ${integration}`,
    "",
    "M",
  ),
  ...more,
];
const deployed = (properties = "StageName: v1", more = ", DependsOn: M"): string =>
  resource("AWS::ApiGateway::Deployment", `RestApiId: !Ref Api, ${properties}`, more, "D");
const stage = (properties = "StageName: v2, DeploymentId: !Ref D"): string =>
  resource("AWS::ApiGateway::Stage", `RestApiId: !Ref Api, ${properties}`, "", "S");

test("an API of plain CloudFormation is the tree of its resources, with a stage by deployment or by itself", async () => {
  const read = await firstApi(
    template(...plain([deployed(), stage("StageName: v2, DeploymentId: !Ref D, Variables: { tier: free }")])),
  );
  expect(keysOf(read)).toEqual(["GET /a/{id} AWS_IAM"]);
  expect(read?.stages).toEqual([
    { name: "v1", variables: {} },
    { name: "v2", variables: { tier: "free" } },
  ]);
});

test("an API whose Condition is false is not there", async () => {
  const absent = api(`${iam}, ${body(`/a: { get: { ${mock()} } }`)}`, ", Condition: Never");
  const text = samTemplate(fn(), absent).replace(sam, `${sam}Conditions: { Never: !Equals [a, b] }\n`);
  expect((await folder.load(text)).apis).toEqual([]);
});

test("one variable name under each parent, beside literal ones and with others below it, is a tree", async () => {
  const paths = ["/{a}", "/b", "/{a}/{c}", "/{a}/d", "/b/{e}", "/b/{e}/{f+}"];
  const each = paths.map((path) => `'${path}': { get: { ${mock()} }, put: { ${mock()} } }`);
  expect((await firstApi(samTemplate(api(body(each.join(", "))))))?.methods).toHaveLength(12);
});

const no = "is not supported by the local twin";
const get = (operation: string): string => api(body(`/a: { get: { ${operation} } }`));

test.each<[title: string, text: string, fault: string]>([
  ["an HTTP API", samTemplate(resource("AWS::Serverless::HttpApi", "")), `AWS::Serverless::HttpApi ${no}`],
  [
    "an HTTP API in plain words",
    template(resource("AWS::ApiGatewayV2::Api", "")),
    `AWS::ApiGatewayV2::Api ${no}`,
  ],
  [
    "Globals for an API",
    samTemplate(api(iam)).replace("Resources:", "Globals: { Api: { Auth: {} } }\nResources:"),
    `Globals.Api: with an AWS::Serverless::Api ${no}`,
  ],
  ["an API key", get(`security: [{ key: [] }], ${mock()}`), "security: must name one scheme"],
  [
    "two schemes",
    api(`${iam}, ${body(`/a: { get: { security: [{ AWS_IAM: [] }, { key: [] }], ${mock()} } }`)}`),
    "security: must name one scheme",
  ],
  [
    "a Lambda authorizer",
    samTemplate(api("Auth: { DefaultAuthorizer: Mine, Authorizers: {} }")),
    `"Mine" ${no}`,
  ],
  ["a resource policy", samTemplate(api("Auth: { ResourcePolicy: {} }")), `Auth.ResourcePolicy: ${no}`],
  ["Cors", samTemplate(api("Cors: \"'*'\"")), `Cors: ${no}`],
  [
    "an operation that says both NONE and IAM",
    api(`${iam}, ${body(`/a: { get: { x-amazon-apigateway-auth: { type: NONE }, ${mock()} } }`)}`),
    "says NONE",
  ],
  ["a definition in S3", samTemplate(api("DefinitionUri: s3://b/k")), `DefinitionUri: ${no}`],
  [
    "a stage that is no name",
    samTemplate(resource("AWS::Serverless::Api", "StageName: a/b")),
    "StageName: must be letters",
  ],
  [
    "an integration by HTTP",
    get("x-amazon-apigateway-integration: { type: http_proxy, uri: 'https://x' }"),
    `type HTTP_PROXY ${no}`,
  ],
  [
    "an operation without an integration",
    get("responses: {}"),
    "x-amazon-apigateway-integration.type: is missing",
  ],
  [
    "an expression in a template",
    get(mock().replace("'hi'", "'$input.body'")),
    `an expression ($ or #) ${no}`,
  ],
  [
    "a mock of two responses",
    get(mock().replace("default:", "'404': { statusCode: 404 }, default:")),
    "must be one response",
  ],
  ["a mock that asks for another status", get(mock("", "200", "201")), 'must be {"statusCode": 200}'],
  [
    "a mock of a status that the method has not",
    get(mock().replace("'200': { description", "'201': { description")),
    "declares no response of status 200",
  ],
  ["a proxy that is called by GET", get(proxy().replace("POST", "GET")), `"GET" ${no}; it takes POST`],
  [
    "a proxy that streams",
    get(proxy(", responseTransferMode: STREAM")),
    `responseTransferMode: "STREAM" ${no}`,
  ],
  [
    "a proxy by a role",
    get(proxy(", credentials: 'arn:aws:iam::123456789012:role/r'")),
    `a role that API Gateway calls the function with ${no}`,
  ],
  ["a timeout of 30 s", get(proxy(", timeoutInMillis: 30000")), "not a whole number from 50 to 29000"],
  [
    "a function of another region",
    get(proxy().replace("${AWS::Region}", "us-east-1")),
    "does not invoke a function of this account and region",
  ],
  [
    "a function that is none",
    get(proxy().replace("${Fn.Arn}", "arn:aws:lambda:eu-west-1:123456789012:function:none")),
    "function:none is not a function of this template",
  ],
  ["an alias that is none", get(proxy().replace("${Fn.Arn}", "${Fn.Arn}:live")), "it is no alias"],
  [
    "a path with {name+} in the middle",
    api(body(`'/{a+}/b': { get: { ${mock()} } }`)),
    "is not a path of literal segments",
  ],
  [
    "a path that names a parameter twice",
    api(body(`'/{a}/{a}': { get: { ${mock()} } }`)),
    "names a parameter twice",
  ],
  ["the path of the health check", api(body(`/ping: { get: { ${mock()} } }`)), "/ping is reserved"],
  [
    "two parameters at one place",
    api(body(`'/{a}': { get: { ${mock()} } }, '/{b}': { get: { ${mock()} } }`)),
    "DefinitionBody: / has {a} already, and API Gateway takes one variable name there, not {b} too",
  ],
  [
    "two parameters at one place for two methods",
    api(body(`'/a/{x}': { get: { ${mock()} } }, '/a/{y}': { post: { ${mock()} } }`)),
    "DefinitionBody: /a has {x} already",
  ],
  [
    "two parameters on the way",
    api(body(`'/a/{x}/b': { get: { ${mock()} } }, '/a/{y}/c': { get: { ${mock()} } }`)),
    "DefinitionBody: /a has {x} already, and API Gateway takes one variable name there, not {y} too",
  ],
  [
    "a parameter beside the rest of the path",
    api(body(`'/a/{x}': { get: { ${mock()} } }, '/a/{rest+}': { get: { ${mock()} } }`)),
    "DefinitionBody: /a has {x} already, and API Gateway takes one variable name there, not {rest+} too",
  ],
  ["an API without a method", api(body("")), "DefinitionBody: has no method"],
  [
    "an unknown word in a path",
    api(body(`/a: { parameters: {}, get: { ${mock()} } }`)),
    `/a.parameters: in a path ${no}`,
  ],
  [
    "a validator",
    api(body(`/a: { get: { ${mock()} } }`, ", x-amazon-apigateway-request-validators: {}")),
    `x-amazon-apigateway-request-validators: ${no}`,
  ],
  [
    "a policy in the definition",
    api(body(`/a: { get: { ${mock()} } }`, ", x-amazon-apigateway-policy: {}")),
    `x-amazon-apigateway-policy: ${no}`,
  ],
  ["a private API", samTemplate(api("EndpointConfiguration: { Type: PRIVATE }")), `PRIVATE ${no}`],
])("refuses %s", async (_title, text, fault) => {
  const whole = text.startsWith("Api:") ? samTemplate(fn(), text) : text;
  expect((await folder.faultsOf(whole)).join("\n")).toContain(fault);
});

test.each<[title: string, resources: readonly string[], fault: string]>([
  ["a deployment that does not wait for a method", [deployed("StageName: v1", "")], "DependsOn: must name M"],
  [
    "a stage without a deployment",
    [stage("StageName: v2, DeploymentId: none")],
    "none is no deployment of this API",
  ],
  [
    "two stages of one name",
    [deployed(), stage("StageName: v1, DeploymentId: !Ref D")],
    "two stages of one name",
  ],
  [
    "a cache",
    [deployed(), stage("StageName: v2, DeploymentId: !Ref D, CacheClusterEnabled: true")],
    `true ${no}`,
  ],
  [
    "a canary",
    [deployed(), stage("StageName: v2, DeploymentId: !Ref D, CanarySetting: {}")],
    `CanarySetting: ${no}`,
  ],
  [
    "two resources of one parent and name",
    [
      resource(
        "AWS::ApiGateway::Resource",
        "RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: a",
      ),
    ],
    "Resources.X.Properties.PathPart: /a is in the API already",
  ],
  [
    "a second variable resource of one parent, without a method",
    [resource("AWS::ApiGateway::Resource", "RestApiId: !Ref Api, ParentId: !Ref A, PathPart: '{other}'")],
    "Resources.X.Properties.PathPart: /a has {id} already",
  ],
  [
    "a method twice",
    [
      resource(
        "AWS::ApiGateway::Method",
        `RestApiId: !Ref Api, ResourceId: !Ref B, HttpMethod: GET, MethodResponses: [{ StatusCode: 200 }], Integration: { Type: MOCK, RequestTemplates: { application/json: '{"statusCode": 200}' }, IntegrationResponses: [{ StatusCode: 200 }] }`,
      ),
    ],
    "has GET /a/{id} twice",
  ],
  [
    "a resource of another API",
    [resource("AWS::ApiGateway::Resource", "RestApiId: other, ParentId: x, PathPart: a")],
    "other is no API of this template",
  ],
  [
    "a method with an authorizer",
    [
      resource(
        "AWS::ApiGateway::Method",
        "RestApiId: !Ref Api, ResourceId: !Ref A, HttpMethod: GET, AuthorizationType: CUSTOM, Integration: {}",
      ),
    ],
    `"CUSTOM" ${no}`,
  ],
  [
    "a method with an API key",
    [
      resource(
        "AWS::ApiGateway::Method",
        "RestApiId: !Ref Api, ResourceId: !Ref A, HttpMethod: GET, ApiKeyRequired: true, Integration: {}",
      ),
    ],
    `ApiKeyRequired: true ${no}`,
  ],
  [
    "a method of no resource",
    [
      resource(
        "AWS::ApiGateway::Method",
        "RestApiId: !Ref Api, ResourceId: none, HttpMethod: GET, Integration: {}",
      ),
    ],
    "none is no resource of this API",
  ],
  ["a policy", [resource("AWS::ApiGateway::RestApi", "Name: y, Policy: {}")], `Policy: ${no}`],
  ["an authorizer", [resource("AWS::ApiGateway::Authorizer", "")], `AWS::ApiGateway::Authorizer ${no}`],
])("refuses %s in plain CloudFormation", async (_title, resources, fault) => {
  expect((await folder.faultsOf(template(...plain(resources)))).join("\n")).toContain(fault);
});

test("an event that SAM would add to a definition that has its method already is refused", async () => {
  const twice = fn(
    "Events: { E: { Type: Api, Properties: { RestApiId: !Ref Api, Path: /a, Method: get } } }",
  );
  const own = api(`MergeDefinitions: true, ${body(`/a: { get: { ${mock()} } }`)}`);
  expect(await folder.faultsOf(samTemplate(twice, own))).toEqual([
    "Resources.Fn.Properties.Events.E.Properties: get /a is in the API already",
  ]);
});

test("a function of plain CloudFormation stands behind an API of the same", async () => {
  const role = resource("AWS::IAM::Role", lambdaTrust, "", "R");
  const plainFn = resource(
    "AWS::Lambda::Function",
    "Code: src/, Handler: app.handler, Runtime: nodejs24.x, Role: !GetAtt R.Arn",
    "",
    "Fn",
  );
  const integration = `{ Type: AWS_PROXY, IntegrationHttpMethod: POST, Uri: ${uri} }`;
  const read = await firstApi(template(role, plainFn, ...plain([deployed()], integration)));
  expect(read?.methods[0]?.integration).toMatchObject({ kind: "function", invokedBy: "apiGateway" });
});
