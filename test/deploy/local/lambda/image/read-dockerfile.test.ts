// What the twin knows of a Dockerfile, and what it refuses by name.
import { readDockerfile } from "../../../../../deploy/local/aws/lambda/image/read-dockerfile.js";

const adapter =
  "COPY --from=public.ecr.aws/awsguru/aws-lambda-adapter:1.0.1 /lambda-adapter /opt/extensions/lambda-adapter";
const read = (lines: readonly string[], buildArgs = {}) => readDockerfile(lines.join("\n"), buildArgs);
const ok = (...lines: readonly string[]) => {
  const image = read(["FROM node:24", ...lines, 'CMD ["node", "server.js"]']);
  if (!image.ok) throw new Error(image.denial);
  return image.value;
};

test("the whole of an image's start", () => {
  const image = read([
    "# syntax=docker/dockerfile:1",
    "ARG BASE=node:24",
    "FROM ${BASE}",
    adapter,
    "WORKDIR /srv",
    "WORKDIR app",
    'ENV A=1 B="two words" \\',
    "    # a comment between",
    "    C='$A'",
    "COPY a.js b.js ./",
    "COPY --chown=node:node src lib",
    "RUN npm ci --omit=dev",
    "USER node",
    "EXPOSE 8080",
    'ENTRYPOINT ["node"]',
    'CMD ["a.js"]',
  ]);
  expect(image).toEqual({
    ok: true,
    value: {
      from: "node:24",
      copies: [
        { sources: ["a.js", "b.js"], target: "/srv/app/" },
        { sources: ["src"], target: "/srv/app/lib" },
      ],
      environment: { A: "1", B: "two words", C: "" },
      workingDirectory: "/srv/app",
      entryPoint: ["node"],
      command: ["a.js"],
      hasWebAdapter: true,
      notRun: ["RUN npm ci --omit=dev"],
    },
  });
});

test("a build argument stands over its default, and outside of FROM only where it is declared again", () => {
  const lines = [
    "ARG TAG=1",
    "FROM base:${TAG}",
    "ENV BEFORE=x$TAG",
    "ARG TAG",
    "ENV AFTER=x$TAG",
    'CMD ["a"]',
  ];
  expect(read(lines)).toMatchObject({ value: { from: "base:1", environment: { BEFORE: "x", AFTER: "x1" } } });
  expect(read(lines, { TAG: "2" })).toMatchObject({
    value: { from: "base:2", environment: { AFTER: "x2" } },
  });
});

test.each([
  ["COPY a.js /srv/app.js", ["a.js"], "/srv/app.js"],
  ["COPY a.js /srv/", ["a.js"], "/srv/"],
  ["COPY a.js .", ["a.js"], "/"],
  ['COPY "with space.js" /srv/', ["with space.js"], "/srv/"],
])("%s", (line, sources, target) => {
  expect(ok(line).copies).toEqual([{ sources, target }]);
});

test.each([
  ["ADD . /app", "ADD is not done by the local twin"],
  ["CMD node server.js", "CMD in the shell form"],
  ['ENTRYPOINT ["node", 1]', "ENTRYPOINT in the shell form"],
  ["FROM node:24", "a second stage is not done by the local twin"],
  ["COPY --from=build /out /app", "only the Lambda Web Adapter is known: --from=build /out /app"],
  [adapter.replace("/opt/extensions", "/opt"), "only the Lambda Web Adapter is known"],
  [adapter.replace("1.0.1", "latest"), "only the Lambda Web Adapter is known"],
  ["COPY package*.json ./", "COPY package*.json: name each file"],
  // Docker looks for it in the build context; this machine's own must not get in.
  ["COPY /etc/hostname .", "COPY /etc/hostname: name each file"],
  ["COPY ../secret .", "COPY ../secret: name each file"],
  ['COPY ["a", "b"]', "COPY takes its sources"],
  ["COPY --chmod=755 a b", "--chmod of COPY is not done by the local twin"],
  ["ENV A 1", "ENV takes NAME=VALUE"],
  ['ENV A="1', "ENV takes NAME=VALUE"],
  ["WORKDIR /${A:-b}", "only ${NAME} and $NAME are read"],
  ["HEALTHCHECK NONE", "HEALTHCHECK is not done by the local twin"],
  ["VOLUME /x", "VOLUME is not done by the local twin"],
  ["RUN echo \\", "it has no end"],
])("%s is refused: %s", (line, why) => {
  expect(read(["FROM node:24", line])).toEqual({
    ok: false,
    denial: expect.stringContaining(why) as unknown,
  });
  expect(read(["FROM node:24", line])).toEqual({
    ok: false,
    denial: expect.stringContaining("line 2: ") as unknown,
  });
});

test.each([
  [["CMD []"], "CMD before FROM"],
  [["FROM node:24"], "it has no CMD and no ENTRYPOINT"],
  [["# nothing"], "it has no FROM"],
  [["FROM public.ecr.aws/lambda/nodejs:24", 'CMD ["a.b"]'], "brings Lambda's own runtime"],
  [["FROM --platform=linux/arm64 node:24"], "--platform of FROM is not done"],
  [["# escape=`", "FROM node:24"], "another escape character is not read"],
])("%j is refused: %s", (lines, why) => {
  expect(read(lines)).toEqual({ ok: false, denial: expect.stringContaining(why) as unknown });
});
