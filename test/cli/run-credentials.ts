// Runs `grantway credentials` in this process, with a state folder and a person of the test's own.
import { runCredentials } from "../../server/cli/credentials.js";
import { openCredentialsPorts } from "../../server/cli/credentials-ports.js";
import { answerDevice } from "../deploy/local/issuer/visitor.js";
import type { Ran } from "./run-grantway.js";

/** Who stands before the browser, if anybody: `undefined` refuses the code. */
export type Person = { readonly user: string | undefined } | "nobody";

/** `shown` is what the terminal shows. */
export async function runIn(
  folder: string,
  argv: readonly string[],
  person: Person = "nobody",
): Promise<Ran & { readonly shown: string }> {
  let [out, err, shown] = ["", "", ""];
  const real = openCredentialsPorts({ env: { XDG_STATE_HOME: folder }, clock: Date.now });
  const status = await runCredentials(
    argv,
    {
      env: {},
      isTerminal: false,
      isErrorTerminal: false,
      clock: Date.now,
      print: (text) => (out += text),
      printError: (text) => (err += text),
      readFile: () => "",
    },
    {
      ...real,
      login: (login, argv) => ({
        ...real.login(login, argv),
        // The person is done before the first question to the provider.
        wait: async () => {
          const uri = /or {4}(\S+)/.exec(shown)?.[1] ?? "";
          if (person !== "nobody" && uri !== "") await answerDevice(uri, person.user);
        },
        openTerminal: () =>
          person === "nobody"
            ? undefined
            : { print: (text: string) => void (shown += text), close: () => undefined },
      }),
    },
  );
  return { status, out, err, shown };
}
