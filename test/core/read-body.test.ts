// A body that comes in chunks, as a fake of one that is on its way.
import type { RelayedBody, Sink, Verdict } from "../../server/core/inbound.js";
import { readBody } from "../../server/core/read-body.js";

interface FakeBody extends RelayedBody {
  wasLeft: boolean;
}

function bodyOf(chunks: readonly string[], verdict: Verdict): FakeBody {
  return {
    bytes: 0,
    wasLeft: false,
    relay(sink: Sink) {
      sink.on("drain", () => undefined);
      const goesOn = chunks.map((chunk) => sink.write(Buffer.from(chunk)));
      expect(goesOn).toEqual(chunks.map(() => true));
      if (verdict === "complete") sink.end([]);
      else sink.destroy("truncated");
      return Promise.resolve(verdict);
    },
    leave() {
      this.wasLeft = true;
    },
  };
}

test("a body is read whole where all of it is wanted", async () => {
  const body = bodyOf(["one ", "two"], "complete");
  expect(await readBody(body, () => true)).toEqual({
    bytes: Buffer.from("one two"),
    verdict: "complete",
    isCut: false,
  });
  expect(body.wasLeft).toBe(false);
});

test("a body that broke off says so, with what came of it", async () => {
  const { bytes, verdict } = await readBody(bodyOf(["one"], "truncated"), () => true);
  expect([bytes.toString(), verdict]).toEqual(["one", "truncated"]);
});

test("a body is left at the chunk that is too much, and what still comes is dropped", async () => {
  const body = bodyOf(["1234", "5", "6"], "truncated");
  let room = 4;
  expect(await readBody(body, (bytes) => (room -= bytes) >= 0)).toEqual({
    bytes: Buffer.from("12345"),
    verdict: "complete",
    isCut: true,
  });
  expect(body.wasLeft).toBe(true);
});
