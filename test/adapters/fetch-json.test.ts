import { createFetchJson, type JsonFetcher } from "../../server/adapters/fetch-json.js";
import { json, startIssuer, type IssuerServer } from "../fixtures/issuer-server.js";

describe("fetchJson", () => {
  let server: IssuerServer;
  let fetcher: JsonFetcher;
  let hasty: JsonFetcher;
  beforeEach(async () => {
    server = await startIssuer();
    fetcher = createFetchJson({ maxBytes: 1000 });
    hasty = createFetchJson({ deadlineMs: 100 });
  });
  afterEach(async () => {
    await Promise.all([fetcher.close(), hasty.close()]);
    await server.close();
  });

  const refusal = async (path = "/x", { fetchJson } = fetcher) => {
    const fetched = await fetchJson(`${server.url}${path}`);
    return fetched.ok ? "taken" : fetched.denial.replace(server.url, "");
  };

  test("gives the document, whatever the server calls its type", async () => {
    server.answers.set("/x", (response) => response.end('{"a":1}'));
    expect(await fetcher.fetchJson(`${server.url}/x`)).toEqual({ ok: true, value: { a: 1 } });
  });

  test.each(["application/json", "application/jwk-set+json"])(
    "asks for %s: a server that has nothing else would answer 406",
    async (type) => {
      server.answers.set("/x", (response) => {
        const types = (response.req.headers.accept ?? "").split(/\s*,\s*/);
        response.writeHead(types.includes(type) ? 200 : 406, { "content-type": type }).end("{}");
      });
      expect(await refusal()).toBe("taken");
    },
  );

  test("says that HTML is no JSON", async () => {
    server.answers.set("/x", (response) =>
      response.writeHead(200, { "content-type": "text/html" }).end("<html>maintenance</html>"),
    );
    expect(await refusal()).toBe("/x answered no JSON (text/html)");
  });

  test("does not follow a redirect", async () => {
    server.answers.set("/x", (response) => response.writeHead(302, { location: "/y" }).end("moved"));
    server.answers.set("/y", json({}));
    expect(await refusal()).toBe("/x answered 302, not 200");
    expect(server.requests).toEqual(["/x"]);
  });

  test.each([201, 204, 404, 503])("refuses status %i", async (status) => {
    server.answers.set("/x", json({}, status));
    expect(await refusal()).toBe(`/x answered ${status}, not 200`);
  });

  test("takes a body of just the limit and refuses one byte more", async () => {
    server.answers.set("/x", (response) => response.end(`"${"a".repeat(998)}"`));
    server.answers.set("/y", (response) => response.end(`"${"a".repeat(999)}"`));
    expect(await refusal("/x")).toBe("taken");
    expect(await refusal("/y")).toBe("/y answered more than 1000 bytes");
  });

  test("stops reading a body that has no end", async () => {
    server.answers.set("/x", (response) => {
      const more = () => response.write("a".repeat(400), () => setImmediate(more));
      more();
    });
    expect(await refusal()).toBe("/x answered more than 1000 bytes");
  });

  test.each([
    ["says nothing", () => undefined],
    ["stops after the headers", (response: { flushHeaders(): void }) => response.flushHeaders()],
    ["stops in the body", (response: { write(text: string): unknown }) => void response.write('{"a"')],
  ])("gives up on a server that %s", async (_, answer) => {
    server.answers.set("/x", answer);
    expect(await refusal("/x", hasty)).toBe("/x gave no answer within 100 ms");
  });

  test("gives up on a server that keeps dripping, since the deadline is for the whole exchange", async () => {
    server.answers.set("/x", (response) => {
      const dripping = setInterval(() => response.write(" "), 20);
      response.on("close", () => clearInterval(dripping));
    });
    expect(await refusal("/x", hasty)).toBe("/x gave no answer within 100 ms");
  });

  test("says so when the connection breaks or is refused", async () => {
    server.answers.set("/x", (response) => {
      response.write('{"a"');
      response.destroy();
    });
    expect(await refusal()).toMatch(/^\/x failed: UND_ERR_/);
    await server.close();
    expect(await refusal()).toBe("/x failed: ECONNREFUSED");
  });

  test("refuses what is no URL without throwing", async () => {
    expect(await fetcher.fetchJson("no url")).toMatchObject({ ok: false });
  });
});
