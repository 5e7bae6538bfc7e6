import { onceASecond } from "../../server/core/once-a-second.js";

test("a text is made once for all times of one second, and anew for the next", () => {
  const asked: string[] = [];
  const textAt = onceASecond((iso) => {
    asked.push(iso);
    return iso.slice(11, 19);
  });
  const noon = Date.UTC(2026, 10, 21, 12);
  expect([noon, noon + 999, noon + 1000, noon + 1001].map(textAt)).toEqual([
    "12:00:00",
    "12:00:00",
    "12:00:01",
    "12:00:01",
  ]);
  expect(asked).toEqual(["2026-11-21T12:00:00.000Z", "2026-11-21T12:00:01.000Z"]);
});
