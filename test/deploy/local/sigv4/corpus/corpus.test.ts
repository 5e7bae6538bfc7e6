import { startCorpusTwin, type CorpusTwin } from "./corpus-twin.js";
import { apiRows } from "./api.rows.js";
import { invokeRows } from "./invoke.rows.js";
import { permissionRows } from "./permission.rows.js";
import type { Row } from "./row.js";
import { signatureRows } from "./signature.rows.js";
import { stsRows } from "./sts.rows.js";
import { transportRows } from "./transport.rows.js";

let twin: CorpusTwin;
beforeAll(async () => {
  twin = await startCorpusTwin();
}, 30_000);
afterAll(() => twin.close());

/** The good request first: a row that fails for another reason than its fault shows here. */
async function judge({ good, fault }: Row): Promise<readonly [good: string, faulty: string]> {
  const before = await twin.send(good);
  const { status, type } = await twin.send({ ...good, ...fault });
  return [
    before.status === 200 || before.status === 204
      ? "accepted"
      : `${before.status} ${before.type} ${before.body}`,
    `${status} ${type}`.trim(),
  ];
}

const rows = [
  ...signatureRows.map((row) => ({ ...row, title: `a function URL called with ${row.title}` })),
  ...transportRows.map((row) => ({ ...row, title: `a function URL called with ${row.title}` })),
  ...permissionRows.map((row) => ({ ...row, title: `a function URL called by ${row.title}` })),
  ...stsRows.map((row) => ({ ...row, title: `STS asked for ${row.title}` })),
  ...apiRows.map((row) => ({ ...row, title: `an API's stage called with ${row.title}` })),
  ...invokeRows.map((row) => ({ ...row, title: `Invoke called with ${row.title}` })),
];

test("the corpus has no two rows of one title", () => {
  expect(new Set(rows.map(({ title }) => title)).size).toBe(rows.length);
  expect(rows.length).toBeGreaterThan(180);
});

test.each(rows)("$title is refused ($refused), since $why", async (row) => {
  expect(await judge(row)).toEqual(["accepted", row.refused]);
});
