// The upstream's reading of requests: right however TCP cuts them.
import fc from "fast-check";
import { splitRequests } from "../../../bench/programs/split-requests.js";

const requestOf = (path: string, body: string): string =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

test("finds every request, whole, wherever its bytes are cut", () => {
  const path = fc.stringMatching(/^\/[a-z]{0,8}$/);
  const body = fc.string({ unit: "binary-ascii", maxLength: 40 });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(path, body)),
      fc.infiniteStream(fc.integer({ min: 1, max: 50 })),
      (sent, cuts) => {
        const seen: string[] = [];
        const take = splitRequests(({ path }) => seen.push(path));
        let rest = Buffer.from(sent.map(([path, body]) => requestOf(path, body)).join(""), "latin1");
        for (const cut of cuts) {
          if (rest.length === 0) break;
          expect(take(rest.subarray(0, cut))).toBe(true);
          rest = rest.subarray(cut);
        }
        expect(seen).toEqual(sent.map(([path]) => path));
      },
    ),
  );
});

test("a request is there with the last byte of its body, and not before", () => {
  const seen: string[] = [];
  const take = splitRequests(({ path }) => seen.push(path));
  const bytes = Buffer.from(requestOf("/post", "x".repeat(100)));
  take(bytes.subarray(0, -1));
  expect(seen).toEqual([]);
  take(bytes.subarray(-1));
  expect(seen).toEqual(["/post"]);
});

test("gives the head's fields, and nothing of the body", () => {
  const heads: string[] = [];
  splitRequests(({ text }) => heads.push(text))(Buffer.from(requestOf("/post", "AWS4-HMAC-SHA256")));
  expect(heads).toEqual(["POST /post HTTP/1.1\r\nHost: x\r\nContent-Length: 16\r\n"]);
});

test("says no to a chunked body, which it could not count", () => {
  const take = splitRequests(() => undefined);
  expect(take(Buffer.from("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"))).toBe(false);
});
