// A credentials reply on standard input -> `export` lines for a shell to eval.
let text = "";
for await (const chunk of process.stdin) text += chunk;
const reply = JSON.parse(text);
if (!reply.AccessKeyId) {
  process.stderr.write(`no credentials: ${text}\n`);
  process.exit(1);
}
const quoted = (value) => `'${value.replaceAll("'", "'\\''")}'`;
process.stdout.write(`export AWS_ACCESS_KEY_ID=${quoted(reply.AccessKeyId)}
export AWS_SECRET_ACCESS_KEY=${quoted(reply.SecretAccessKey)}
export AWS_SESSION_TOKEN=${quoted(reply.SessionToken)}
export FUNC_URL=${quoted(reply.FuncUrl)}
`);
