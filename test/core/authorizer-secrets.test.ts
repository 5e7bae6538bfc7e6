// What is taken out of a line before it is logged, and what is left of the line.
import { secretsOf, withoutSecrets } from "../../server/core/authorizer-secrets.js";
import { callOf } from "../fixtures/authorizer.js";

const hidden = (text: string, identity: readonly string[], headers: string[] = []): string =>
  withoutSecrets(text, secretsOf(callOf("/partner/a", { headers }), identity));

const token = `eyJhbGciOiJSUzI1NiJ9.${"cGF5bG9hZA".repeat(100)}.c2lnbmF0dXJl`;

test.each([
  ["whole", `Invalid token Bearer ${token}!`, "Invalid token ...!"],
  ["without its scheme", `Invalid token ${token}!`, "Invalid token ...!"],
  [
    "cut",
    `Invalid token ${token.slice(0, 100)}... (1000 characters)`,
    "Invalid token ...... (1000 characters)",
  ],
  [
    "in its parts",
    `no key for eyJhbGciOiJSUzI1NiJ9, signature c2lnbmF0dXJl`,
    "no key for ..., signature ...",
  ],
  ["twice", `${token} ${token}`, "... ..."],
])("a token is taken out %s", (_, text, left) => {
  expect(hidden(text, [`Bearer ${token}`])).toBe(left);
});

test("a value with quotes is taken out as it stands in JSON too", () => {
  const identity = 'Digest username="mira", response="6629fae49393a053"';
  expect(hidden(JSON.stringify({ got: identity }), [identity])).toBe('{"got":"..."}');
});

test("fields that are always secrets are taken out whatever the authorizer reads", () => {
  const headers = ["Authorization", "Basic bWlyYTpwYXNz", "cookie", "session=5f2d9c11; theme=dark"];
  expect(hidden("got bWlyYTpwYXNz and 5f2d9c11 of mira", ["key-7"], headers)).toBe("got ... and ... of mira");
});

test.each(["Authorization", "Cookie", "DPoP", "Proxy-Authorization", "dpop"])(
  "the value of %s is taken out of a line, though the authorizer reads another header",
  (name) => {
    expect(hidden("it was called with 5f2d9c11-value by mira", ["key-7"], [name, "5f2d9c11-value"])).toBe(
      "it was called with ... by mira",
    );
  },
);

test("the value of any other field stays", () => {
  expect(hidden("it wants text/html", ["key-7"], ["Accept", "text/html"])).toBe("it wants text/html");
});

test("words of three letters stay, words of four go", () => {
  expect(hidden("who is abc, who is abcd", ["abc"])).toBe("who is abc, who is abcd");
  expect(hidden("who is abc, who is abcd", ["abcd"])).toBe("who is abc, who is ...");
});

test("a line without a secret stays as it is", () => {
  expect(hidden("no such partner", [`Bearer ${token}`])).toBe("no such partner");
});

test("a header of thousands of words makes no thousands of secrets, and hides no identity among them", () => {
  const cookie = Array.from({ length: 3000 }, (_, at) => `word${1000 + at}`).join("; ");
  const secrets = secretsOf(callOf("/partner/a", { headers: ["Cookie", cookie] }), ["key7"]);
  expect(secrets.length).toBeLessThan(110);
  expect(withoutSecrets("who is key7", secrets)).toBe("who is ...");
});
