// A function whose process the operating system, or Node, does not even try to start.
import { join } from "node:path";
import { fixture, serveFunctions, without } from "./lambda-harness.js";

test("fails its calls, and the twin goes on", async () => {
  const context = join(__dirname, "fixtures", "image");
  const twin = await serveFunctions([
    {
      ...without("build", fixture("odd", "BUFFERED", { codeFolder: context, handler: "", runtime: "" })),
      image: { dockerfile: join(context, "Dockerfile"), context, buildArgs: {}, command: ["node", "a\0b"] },
    },
    { ...fixture("nodes"), environment: { NAME: "a\0b" } },
  ]);
  try {
    for (const path of ["/odd/x", "/odd/x", "/nodes/x"]) expect((await twin.call(path)).status).toBe(502);
    expect(twin.log.filter(({ message }) => message.includes("without null bytes"))).toHaveLength(3);
  } finally {
    await twin.close();
  }
});
