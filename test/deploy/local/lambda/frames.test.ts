// Frames arrive in any pieces; what is no frame is refused at once.
import fc from "fast-check";
import { encodeFrame, FRAME_LIMIT, FrameReader } from "../../../../deploy/local/aws/lambda/frames.js";

const frames = fc.array(
  fc.record({ message: fc.dictionary(fc.string(), fc.string()), body: fc.uint8Array({ maxLength: 300 }) }),
  { maxLength: 8 },
);

test("frames come out as they went in, however they are cut", () => {
  fc.assert(
    fc.property(frames, fc.infiniteStream(fc.integer({ min: 1, max: 50 })), (sent, cuts) => {
      const bytes = Buffer.concat(sent.map(({ message, body }) => encodeFrame(message, body)));
      const reader = new FrameReader();
      const received = [];
      for (let at = 0; at < bytes.length;) {
        const length = cuts.next().value as number;
        received.push(...reader.push(bytes.subarray(at, at + length)));
        at += length;
      }
      expect(received.map(({ message, body }) => ({ message, body: [...body] }))).toEqual(
        sent.map(({ message, body }) => ({ message: { ...message }, body: [...body] })),
      );
    }),
  );
});

test.each([
  ["just small enough", FRAME_LIMIT - 8, false],
  ["just too large", FRAME_LIMIT - 7, true],
])("a frame that announces itself %s", (_name, announced, isRefused) => {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(announced, 4);
  const push = () => new FrameReader().push(head);
  if (isRefused) expect(push).toThrow(RangeError);
  else expect(push()).toEqual([]);
});

test("what is no JSON is refused", () => {
  const frame = encodeFrame({});
  frame.write("}", 8);
  expect(() => new FrameReader().push(frame)).toThrow(SyntaxError);
});
