import { createKeyLines } from "../../server/adapters/key-lines.js";
import { createLog } from "../../server/adapters/log.js";
import { accept, refuse } from "../../server/core/result.js";

test("an outage of an issuer has a line where it begins and one where it ends, and another issuer's has its own", () => {
  const lines: string[] = [];
  const tell = createKeyLines(createLog({ write: (line) => void lines.push(line) }));
  tell("main", accept({ keys: 2 }));
  tell("main", refuse("main is down"));
  tell("main", refuse("main is still down"));
  tell("other", refuse("other is down"));
  tell("main", accept({ keys: 3 }));
  tell("main", accept({ keys: 3 }));
  tell("main", refuse("main is down again"));
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { level: 40, message: "signing keys cannot be fetched", issuer: "main", cause: "main is down" },
    { level: 40, message: "signing keys cannot be fetched", issuer: "other", cause: "other is down" },
    { level: 30, message: "signing keys fetched again", issuer: "main", keys: 3 },
    { level: 40, message: "signing keys cannot be fetched", issuer: "main", cause: "main is down again" },
  ]);
  expect(lines).toHaveLength(4);
});
