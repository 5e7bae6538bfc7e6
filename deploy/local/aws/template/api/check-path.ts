// The path of an API's resource: literal segments, `{name}`, and `{name+}` at the end.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html

const segment = /^(\{[A-Za-z0-9._-]{1,128}\}|[A-Za-z0-9._:~*-]{1,255})$/;
const greedy = /^\{[A-Za-z0-9._-]{1,128}\+\}$/;

export function checkPath(path: string, fault: (why: string) => void): void {
  if (path === "/") return;
  const [root, ...segments] = path.split("/");
  const last = segments.at(-1) ?? "";
  const isRight =
    root === "" &&
    [...segments.slice(0, -1), greedy.test(last) ? "x" : last].every((one) => segment.test(one));
  if (!isRight) fault(`${path} is not a path of literal segments, {name} and, at its end, {name+}`);
  if (path === "/ping" || path === "/sping") fault(`${path} is reserved for API Gateway's health check`);
  const names = segments.flatMap((one) => /^\{(.*?)\+?\}$/.exec(one)?.[1] ?? []);
  if (new Set(names).size !== names.length) fault(`${path} names a parameter twice`);
}
