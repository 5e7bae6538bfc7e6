import { createSessions } from "../../../../deploy/local/aws/sessions.js";
import {
  createTaskCredentials,
  type TaskCredentials,
} from "../../../../deploy/local/aws/task-credentials.js";
import { now, sampleRole } from "../iam/sample-caller.js";

const start = (limit?: number) => {
  let ms = now;
  const clock = (): number => ms;
  const sessions = createSessions({ clock, ...(limit !== undefined && { limit }) });
  const task = createTaskCredentials({ role: sampleRole("gateway"), sessions, clock });
  const person = createTaskCredentials({
    role: sampleRole("administrator"),
    sessions,
    clock,
    path: "/administrator-credentials",
    sessionName: "local-administrator",
  });
  return { task, person, sessions, setNow: (value: number) => void (ms = value) };
};
const tokenOf = (environment: Readonly<Record<string, string>>): string =>
  environment.AWS_CONTAINER_AUTHORIZATION_TOKEN ?? "";

test("two identities have two paths, two tokens and two sessions", () => {
  const { task, person, sessions } = start();
  const [own, others] = [task, person].map((each) => each.environment("http://127.0.0.1:4566"));
  if (own === undefined || others === undefined) throw new Error("no environment");
  expect([own, others].map((each) => each.AWS_CONTAINER_CREDENTIALS_FULL_URI)).toEqual([
    "http://127.0.0.1:4566/task-credentials",
    "http://127.0.0.1:4566/administrator-credentials",
  ]);
  const { AccessKeyId } = JSON.parse(person.answer(tokenOf(others)).body) as { AccessKeyId: string };
  expect(sessions.find(AccessKeyId)?.arn).toBe(
    "arn:aws:sts::123456789012:assumed-role/administrator/local-administrator",
  );
  expect(task.answer(tokenOf(own)).status).toBe(200);
  expect(task.answer(tokenOf(others)).status).toBe(403);
  expect(person.answer(tokenOf(own)).status).toBe(403);
  expect(person.answer(undefined).status).toBe(403);
});

test("credentials are renewed half an hour before their end, and not sooner", () => {
  const { task, setNow } = start();
  const token = tokenOf(task.environment(""));
  const first = task.answer(token).body;
  setNow(now + 5.5 * 3_600_000);
  expect(task.answer(token).body).toBe(first);
  setNow(now + 5.5 * 3_600_000 + 1);
  expect(task.answer(token).body).not.toBe(first);
});

test("credentials that are not known any more are given again", () => {
  const { task, person, sessions } = start(1);
  const ask = (one: TaskCredentials) =>
    JSON.parse(one.answer(tokenOf(one.environment(""))).body) as { readonly AccessKeyId: string };
  const first = ask(task).AccessKeyId;
  expect(ask(task).AccessKeyId).toBe(first);
  ask(person);
  expect(sessions.find(first)).toBeUndefined();
  expect(sessions.find(ask(task).AccessKeyId)).toBeDefined();
});

test("what callers take does not cost the task its credentials", () => {
  const { task, sessions } = start(2);
  const body = task.answer(tokenOf(task.environment(""))).body;
  for (const sessionName of ["a", "b", "c"])
    sessions.mint(sampleRole("analyst"), { sessionName, durationSeconds: 900 });
  expect(sessions.find((JSON.parse(body) as { AccessKeyId: string }).AccessKeyId)).toBeDefined();
});
