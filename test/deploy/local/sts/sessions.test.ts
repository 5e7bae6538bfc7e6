import type { Caller } from "../../../../deploy/local/aws/model.js";
import { createSessions, type Sessions } from "../../../../deploy/local/aws/sessions.js";
import { now, sampleRole } from "../iam/sample-caller.js";

const role = sampleRole("analyst");
const settings = { sessionName: "alice", durationSeconds: 900 };

test("credentials look like AWS's and are never the same", () => {
  const sessions = createSessions({ clock: () => now });
  const [a, b] = [sessions.mint(role, settings), sessions.mint(role, settings)];
  expect(a.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
  expect(a.secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
  expect(a.sessionToken).toMatch(/^IQoJb3JpZ2luX2Vj[A-Za-z0-9+/]{720}$/);
  for (const part of ["accessKeyId", "secretAccessKey", "sessionToken"] as const)
    expect(a[part]).not.toBe(b[part]);
});

test("a session is found by its access key, and ends on a whole second", () => {
  const sessions = createSessions({ clock: () => now + 999 });
  const session = sessions.mint(role, settings);
  expect(session.expiration).toBe(now + 900_000);
  expect(sessions.find(session.accessKeyId)).toBe(session);
  expect(sessions.find("ASIAAAAAAAAAAAAAAAAA")).toBeUndefined();
});

const known = (sessions: Sessions, minted: readonly Caller[]): boolean[] =>
  minted.map(({ accessKeyId }) => sessions.find(accessKeyId) !== undefined);

test("beyond the limit the oldest session is forgotten", () => {
  const sessions = createSessions({ clock: () => now, limit: 2 });
  const minted = [1, 2, 3].map(() => sessions.mint(role, settings));
  expect(known(sessions, minted)).toEqual([false, true, true]);
});

test("beyond the limit expired sessions are forgotten before older ones that hold", () => {
  let ms = now;
  const sessions = createSessions({ clock: () => ms, limit: 3 });
  const minted = [3600, 900, 901].map((durationSeconds) =>
    sessions.mint(role, { ...settings, durationSeconds }),
  );
  ms = now + 900_000;
  expect(known(sessions, minted)).toEqual([true, true, true]);
  minted.push(sessions.mint(role, settings));
  expect(known(sessions, minted)).toEqual([true, false, true, true]);
});

test("however many sessions callers take, those of the gateway and the functions are not forgotten", () => {
  const sessions = createSessions({ clock: () => now, limit: 2 });
  const own = [1, 2].map(() => sessions.mint(role, { ...settings, isOfService: true }));
  const minted = [1, 2, 3].map(() => sessions.mint(role, settings));
  expect(known(sessions, [...own, ...minted])).toEqual([true, true, false, true, true]);
});
