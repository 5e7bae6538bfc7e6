// What client.fetch sends at both doors is what was written, as AWS's own signer reads it: the local AWS verifies with
// another implementation than the one that signs here.
import fc from "fast-check";
import { type Client, createClient } from "../../client/client.js";
import { targetOf } from "../../client/target.js";
import { startStack, type Stack } from "../fixtures/stack.js";

let stack: Stack;
let client: Client;
beforeAll(async () => {
  stack = await startStack();
  const token = await stack.issuer.mint("alice");
  client = createClient({ gateway: stack.url, route: "echo", token: () => token });
});
afterAll(() => stack.close());

interface Seen {
  readonly rawPath: string;
  readonly rawQueryString: string;
}

const doors = ["proxy", "grant"] as const;

async function seen(path: string, door: (typeof doors)[number]): Promise<Seen> {
  const answer = await client.fetch(path, { door });
  if (answer.status !== 200) throw new Error(`${answer.status} for ${path}: ${await answer.text()}`);
  const { rawPath, rawQueryString } = (await answer.json()) as Seen;
  return { rawPath, rawQueryString };
}

const spellings: [path: string, rawPath: string, rawQueryString: string][] = [
  ["/echo/a", "/echo/a", ""],
  ["/echo/a?", "/echo/a", ""],
  ["/echo/(a)!'*~_.-", "/echo/(a)!'*~_.-", ""],
  ["/echo/$&+,;=:@", "/echo/$&+,;=:@", ""],
  ["/echo/a%2Fb%2fc", "/echo/a%2Fb%2fc", ""],
  ["/echo/a%252Fb", "/echo/a%252Fb", ""],
  ['/echo/two words|{}^"<>`[]', "/echo/two%20words%7C%7B%7D%5E%22%3C%3E%60%5B%5D", ""],
  ["/echo/é/😀", "/echo/%C3%A9/%F0%9F%98%80", ""],
  ["/echo/...", "/echo/...", ""],
  ["/echo/a/", "/echo/a/", ""],
  ["/echo/a?q=two words", "/echo/a", "q=two%20words"],
  ["/echo/a?q=two+words&plus=%2B", "/echo/a", "q=two%20words&plus=%2B"],
  ["/echo/a?q='(a)!*'", "/echo/a", "q=%27%28a%29%21%2A%27"],
  ["/echo/a?flag&empty=&&", "/echo/a", "flag=&empty="],
  ["/echo/a?b=2&a=1&b=1&B=0", "/echo/a", "b=2&a=1&b=1&B=0"],
  ["/echo/a?url=http://x/?y=z", "/echo/a", "url=http%3A%2F%2Fx%2F%3Fy%3Dz"],
  ["/echo/a?a[0]=%2F&é=ü", "/echo/a", "a%5B0%5D=%2F&%C3%A9=%C3%BC"],
];

// The gateway spells the four other marks of a query in its own way: both are the same to whoever decodes them.
const decoded = ({ rawPath, rawQueryString }: Seen): Seen => ({
  rawPath,
  rawQueryString: rawQueryString.split("&").map(decodeURIComponent).join("&"),
});

describe.each(doors)("by the %s door", (door) => {
  test.each(spellings)("%s arrives as it was written", async (path, rawPath, rawQueryString) => {
    expect(decoded(await seen(path, door))).toEqual(decoded({ rawPath, rawQueryString }));
  });

  test("any path and any query arrive", async () => {
    const text = fc.string({ unit: "binary", minLength: 1, maxLength: 8 });
    const pair = fc.tuple(text, fc.string({ unit: "binary", maxLength: 8 }));
    const written = fc.tuple(
      fc.array(text, { minLength: 1, maxLength: 3 }),
      fc.array(pair, { maxLength: 4 }),
    );
    const isSayable = ([segments, pairs]: [string[], [string, string][]]): boolean =>
      segments.every((segment) => !/\p{Cc}|(?:^|[/\\])(?:\.|%2e){1,2}(?:[/\\?#%]| *$)/iu.test(segment)) &&
      // The twin cannot hold the one, SigV4 has the other.
      pairs.every(([name]) => name !== "__proto__" && !/^x-amz-/i.test(name));
    await fc.assert(
      fc.asyncProperty(written.filter(isSayable), async ([segments, pairs]) => {
        const path = `/echo/p${segments.map((segment) => `/${encodeURIComponent(segment)}`).join("")}`;
        const query = pairs.map((both) => both.map(encodeURIComponent).join("=")).join("&");
        const answer = await seen(`${path}?${query}`, door);
        expect(answer.rawPath).toBe(path);
        expect([...new URLSearchParams(answer.rawQueryString)]).toEqual(pairs);
      }),
      { numRuns: 60 },
    );
  });

  test("a raw path either arrives or is refused here, and never fails at AWS", async () => {
    const raw = fc
      .string({ unit: fc.constantFrom(...Array.from("ab/.%2eF?&=+ '(\\#\né")), maxLength: 10 })
      // The gateway alone refuses a dot segment with spaces behind it.
      .filter((text) => !/[.e] +$/.test(text));
    await fc.assert(
      fc.asyncProperty(raw, async (text) => {
        const path = `/echo/p${text}`;
        let isRefused = false;
        try {
          targetOf(path, stack.url);
        } catch {
          isRefused = true;
        }
        const answer = client.fetch(path, { door });
        if (isRefused) await expect(answer).rejects.toMatchObject({ code: "path_invalid" });
        else expect([path, (await answer).status]).toEqual([path, 200]);
      }),
      { numRuns: 150 },
    );
  });
});

test.each([
  ["//evil.example/x"],
  ["/a//b"],
  ["https://evil.example/echo/a"],
  ["http://127.0.0.1:1/echo/a"],
  ["echo/a"],
  [""],
  ["@evil.example/"],
  [".evil.example/"],
  ["/\\evil.example/x"],
  ["/echo\\a"],
  ["/echo/../hello"],
  ["/echo/."],
  ["/echo/%2e%2E/hello"],
  ["/echo/a%2F..%2Fb"],
  ["/echo/%5C..%5Cb"],
  ["/echo/a#b"],
  ["/echo/a\tb"],
  ["/echo/a\nb"],
  ["/echo/\u0085"],
  ["/echo/100%"],
  ["/echo/%E9"],
  ["/echo/\ud800"],
  ["/echo/a?q=%E9"],
  ["/echo/a?q=%"],
  ["/echo/a?=b"],
  ["/echo/a?X-Amz-Date=1"],
  ["/echo/a?%58-amz-date=1"],
])("%j is refused at both doors, before anybody is asked anything", async (path) => {
  const asked = jest.fn();
  const refusing = createClient({ gateway: stack.url, token: asked, fetch: asked, route: "echo" });
  for (const door of doors)
    await expect(refusing.fetch(path, { door })).rejects.toMatchObject({ code: "path_invalid" });
  expect(asked).not.toHaveBeenCalled();
});

test("of all characters, \\, # and Unicode's control characters are the bad ones", () => {
  const bad: number[] = [];
  for (let point = 0; point <= 0x10ffff; point += 1) {
    try {
      targetOf(`/${String.fromCodePoint(point)}`, stack.url);
    } catch (error) {
      if (String(error).includes("a bad character")) bad.push(point);
    }
  }
  const all = Array.from({ length: 0x110000 }, (_, point) => point);
  expect(bad).toEqual(all.filter((point) => /[\\#\p{Cc}]/u.test(String.fromCodePoint(point))));
});

test("the gateway's own address may stand before the path, and no other that begins as it does", async () => {
  expect((await client.fetch(`${stack.url}/echo/a`)).status).toBe(200);
  await expect(client.fetch(`${stack.url}1/echo/a`)).rejects.toMatchObject({ code: "path_invalid" });
  await expect(client.fetch(`${stack.url}@evil.example/`)).rejects.toMatchObject({ code: "path_invalid" });
});
