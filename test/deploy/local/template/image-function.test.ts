// Functions whose runtime is not Lambda's: container images and custom runtimes, as templates have them.
import { join } from "node:path";
import { firstFunction, resource, sam, samTemplate, templateFolder } from "./sample-template.js";

const folder = templateFolder();
afterAll(() => folder.remove());

const image = (
  properties = "",
  metadata = "Dockerfile: Dockerfile, DockerContext: ./app, DockerTag: v1",
  more = "",
) =>
  resource(
    "AWS::Serverless::Function",
    `PackageType: Image, ${properties}`,
    `, Metadata: { ${metadata} } ${more}`,
    "Fn",
  );
const zip = (properties: string, more = "") => resource("AWS::Serverless::Function", properties, more, "Fn");
const at = "Resources.Fn.Properties";

test("an image is what Metadata says of its Dockerfile, without runtime and handler", async () => {
  const template = await folder.load(samTemplate(image("Timeout: 9")));
  const context = join(folder.path, "app");
  expect(firstFunction(template)).toMatchObject({
    ...{ runtime: "", handler: "", codeFolder: context, timeoutSeconds: 9 },
    image: { dockerfile: join(context, "Dockerfile"), context, buildArgs: {} },
  });
  expect(template.notices).toContainEqual(
    expect.stringContaining("Resources.Fn.Metadata: no image is built"),
  );
});

test("build arguments and ImageConfig are read", async () => {
  const config = "ImageConfig: { Command: [node, b.js], EntryPoint: [/bin/x], WorkingDirectory: /srv }";
  const metadata = "Dockerfile: deep/Dockerfile, DockerBuildArgs: { BASE: 'x:1', COUNT: '2' }";
  expect(firstFunction(await folder.load(samTemplate(image(config, metadata)))).image).toEqual({
    dockerfile: join(folder.path, "deep/Dockerfile"),
    context: folder.path,
    buildArgs: { BASE: "x:1", COUNT: "2" },
    ...{ command: ["node", "b.js"], entryPoint: ["/bin/x"], workingDirectory: "/srv" },
  });
});

test.each([
  [image("Runtime: nodejs24.x"), `${at}.Runtime: must not stand in a function whose PackageType is Image`],
  [image("Handler: a.b"), `${at}.Handler: must not stand in a function whose PackageType is Image`],
  [image("ImageConfig: { EntryPoint: [x] }"), `${at}.ImageConfig.EntryPoint: without Command`],
  [image("ImageConfig: { Cmd: [x] }"), `${at}.ImageConfig.Cmd: is not supported`],
  [
    image("", "Dockerfile: D, DockerBuildTarget: x"),
    "Resources.Fn.Metadata.DockerBuildTarget: is not supported",
  ],
  [
    zip("PackageType: Image, ImageUri: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/x:1'"),
    `${at}.ImageUri: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/x:1 is not supported by the local twin; the twin takes Metadata`,
  ],
  [zip("PackageType: Image"), "is missing; the twin takes Metadata"],
])("%s is refused: %s", async (text, fault) => {
  expect(await folder.faultsOf(samTemplate(text))).toContainEqual(expect.stringContaining(fault));
});

test("Globals count for an image too, unless it leaves them out", async () => {
  const globals = `${sam}Globals: { Function: { Runtime: nodejs24.x, Timeout: 7 } }\nResources:\n  `;
  expect(await folder.faultsOf(globals + image())).toContainEqual(
    expect.stringContaining("must not stand in"),
  );
  const template = await folder.load(
    globals + image("", "Dockerfile: Dockerfile", ", IgnoreGlobals: [Runtime]"),
  );
  expect(firstFunction(template)).toMatchObject({ runtime: "", timeoutSeconds: 7 });
});

test.each(["provided.al2023", "provided.al2"])("%s takes any handler", async (runtime) => {
  const template = await folder.load(
    samTemplate(zip(`CodeUri: app/, Handler: Any::thing, Runtime: ${runtime}`)),
  );
  expect(firstFunction(template)).toMatchObject({
    runtime,
    handler: "Any::thing",
    codeFolder: join(folder.path, "app"),
  });
});

const custom = "CodeUri: app/, Runtime: provided.al2023";
test.each([
  [zip(custom), `${at}.Handler: is missing`],
  [zip(`${custom}, Handler: 'two words'`), `${at}.Handler: "two words" does not match`],
  [
    zip(`${custom}, Handler: x, Layers: ['arn:aws:lambda:x']`),
    `${at}.Layers: for provided.al2023 is not supported`,
  ],
  [
    zip("InlineCode: x, Handler: index.x, Runtime: provided.al2023"),
    `${at}.InlineCode: inline code needs a runtime`,
  ],
  [
    zip(
      `${custom}, Handler: x`,
      ", Metadata: { BuildMethod: esbuild, BuildProperties: { EntryPoints: [a.ts] } }",
    ),
    "Resources.Fn.Metadata.BuildMethod: esbuild for provided.al2023 is not supported",
  ],
  [zip("CodeUri: app/, Handler: x, Runtime: provided"), `${at}.Runtime: "provided" is not supported`],
])("%s is refused: %s", async (text, fault) => {
  expect(await folder.faultsOf(samTemplate(text))).toContainEqual(expect.stringContaining(fault));
});
