// Strangers' forms and the room for all bodies.
import { accept, type Result } from "../server/core/result.js";
import { createReadForm } from "../server/read-form.js";
import { accepted, refused } from "./fixtures/outcome.js";

/** A body that arrives when it is told to. */
function heldBody() {
  let resolveArrival: (result: Result<Buffer>) => void = () => undefined;
  const arrival = new Promise<Result<Buffer>>((resolve) => (resolveArrival = resolve));
  const arrive = (): void => resolveArrival(accept(Buffer.from("ok")));
  return { arrive, read: () => arrival, hold: () => accept(undefined) };
}

test("forms that do not arrive take a quarter of the room, and those after them are told to come again", async () => {
  const readForm = createReadForm({ formBytes: 100, bufferedBytes: 800 });
  const [first, second, third] = [heldBody(), heldBody(), heldBody()];
  const [reading] = [readForm(first), readForm(second)];
  expect(refused(await readForm(third))).toMatchObject({ reason: "overloaded", retryAfterSeconds: 1 });
  first.arrive();
  expect(accepted(await reading)).toEqual(Buffer.from("ok"));
  third.arrive();
  expect((await readForm(third)).ok).toBe(true);
});

test("there is room for one, however little there is for bodies", async () => {
  const body = heldBody();
  body.arrive();
  expect((await createReadForm({ formBytes: 100, bufferedBytes: 0 })(body)).ok).toBe(true);
});

test("a place whose body failed is free again", async () => {
  const readForm = createReadForm({ formBytes: 100, bufferedBytes: 100 });
  const broken = { read: () => Promise.reject(new Error("gone")), hold: () => accept(undefined) };
  await expect(readForm(broken)).rejects.toThrow("gone");
  const body = heldBody();
  body.arrive();
  expect((await readForm(body)).ok).toBe(true);
});

test("a form that takes too long is refused, and its place is free again", async () => {
  const readForm = createReadForm({ formBytes: 100, bufferedBytes: 100 }, 1);
  expect(refused(await readForm(heldBody()))).toEqual({ reason: "request_timeout" });
  const body = heldBody();
  body.arrive();
  expect((await readForm(body)).ok).toBe(true);
});
