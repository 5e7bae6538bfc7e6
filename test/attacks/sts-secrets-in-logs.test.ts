// A token in a query is kept in many places (RFC 6750 2.3, 5.3), so the doors that hand out credentials take no query at
// all; and what stands in a form is written nowhere, whatever becomes of the request.
import { startStack, type Stack } from "../fixtures/stack.js";
import { formOf, postForm } from "../fixtures/sts-caller.js";

let stack: Stack;
let token: string;
beforeAll(async () => {
  stack = await startStack();
  token = await stack.issuer.mint("alice");
});
afterAll(() => stack.close());

async function everythingWritten(): Promise<string> {
  const metrics = await (await fetch(`${stack.adminUrl}/metrics`)).text();
  return JSON.stringify([stack.logLines(), stack.awsLines, metrics]);
}

/** Whole, and the part that makes it a credential. */
const secretsOf = (jwt: string): string[] => [jwt, jwt.slice(jwt.lastIndexOf(".") + 1)];

test.each([
  ["/grant/hello?access_token=TOKEN", "GET"],
  ["/grant/hello?TOKEN", "GET"],
  ["/grant/hello?x=1&token=TOKEN", "POST"],
  ["/grant?Authorization=Bearer%20TOKEN", "GET"],
  ["/grant/hello/?access_token=TOKEN", "GET"],
  ["/%67rant/hello?access_token=TOKEN", "GET"],
  ["/sts?WebIdentityToken=TOKEN", "POST"],
  ["/sts/?Action=AssumeRoleWithWebIdentity&Version=2011-06-15&WebIdentityToken=TOKEN", "GET"],
  ["/sts/hello?TOKEN", "POST"],
  ["/sts/nothing?WebIdentityToken=TOKEN", "POST"],
])("%s (%s) is refused, with a good token in the header too, and stands in no line", async (path, method) => {
  const before = stack.logLines().length;
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/x-www-form-urlencoded" };
  const body = method === "POST" ? formOf(token).toString() : null;
  for (const init of [
    { method, body },
    { method, body, headers },
  ]) {
    const response = await fetch(`${stack.url}${path.replace("TOKEN", token)}`, init);
    expect([400, 404, 405]).toContain(response.status);
    const answer = await response.text();
    for (const secret of [...secretsOf(token), "SecretAccessKey"]) expect(answer).not.toContain(secret);
  }
  expect(stack.logLines().length).toBe(before + 2);
  const written = await everythingWritten();
  for (const secret of secretsOf(token)) expect(written).not.toContain(secret);
});

test("a form leaves no token, no key, no session token and no policy of the caller's in any line", async () => {
  const mark = "arn:aws:lambda:eu-west-1:123456789012:function:only-the-caller-says-so";
  const policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Action: "*", Resource: mark },
  });
  const secrets = secretsOf(token);
  const { xml, status } = await postForm(`${stack.url}/sts/`, formOf(token));
  expect(status).toBe(200);
  for (const name of ["SecretAccessKey", "SessionToken"]) {
    const value = new RegExp(`<${name}>([^<]{16,})</${name}>`).exec(xml)?.[1];
    if (value === undefined) throw new Error(`no ${name} in ${xml}`);
    secrets.push(value);
  }
  const forged = `${token.slice(0, -8)}AAAAAAAA`;
  const refused = await Promise.all([
    postForm(`${stack.url}/sts/`, formOf(token, { Policy: policy })),
    postForm(`${stack.url}/sts/`, formOf(forged)),
    postForm(`${stack.url}/sts/`, formOf(token, { RoleArn: token.slice(0, 40) })),
    postForm(`${stack.url}/sts/`, formOf(token, { RoleSessionName: token.slice(-65) })),
    postForm(`${stack.url}/sts/`, formOf(token, { Action: token })),
    postForm(`${stack.url}/sts/`, formOf(token, { Version: token })),
    postForm(`${stack.url}/sts/`, formOf(token, { [token]: "x" })),
    postForm(`${stack.url}/sts/nothing`, formOf(token)),
    postForm(`${stack.url}/sts/`, `${token}=${token}&${token}=`),
    postForm(`${stack.url}/sts/`, formOf(token), { authorization: `Bearer ${token}` }),
    postForm(`${stack.url}/sts/`, formOf(token), { "content-type": "text/plain" }),
  ]);
  const written = await everythingWritten();
  for (const secret of [...secrets, ...secretsOf(forged), mark]) {
    expect(written).not.toContain(secret);
    for (const answer of refused) expect(answer.xml).not.toContain(secret);
  }
  for (const answer of refused) expect(answer.status).toBeGreaterThanOrEqual(400);
});
