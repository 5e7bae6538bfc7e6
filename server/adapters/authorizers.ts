// The Authorizers port: functions by the Invoke API, modules in threads. One module may stand behind several routes.
import type { Authorizer } from "../core/model.js";
import type { Authorizers, Clock, Upstream } from "../ports.js";
import { createAskLambda } from "./authorizer-lambda.js";
import { createAuthorizerModule, type AuthorizerModule } from "./authorizer-module.js";
import type { OwnCredentials } from "./role-sessions.js";

export interface AuthorizersOptions {
  readonly authorizers: readonly Authorizer[];
  readonly upstream: Upstream;
  readonly ownCredentials: () => Promise<OwnCredentials>;
  readonly clock: Clock;
  /** What a module prints. */
  readonly onLine: (authorizer: string, line: string) => void;
}

export interface OpenAuthorizers extends Authorizers {
  /** Loads the modules; one entry for each that is no authorizer. */
  check(): Promise<readonly { readonly authorizer: string; readonly fault: string }[]>;
  close(): void;
}

export function createAuthorizers(options: AuthorizersOptions): OpenAuthorizers {
  const { authorizers, clock, onLine } = options;
  const askLambda = createAskLambda(options);
  const modules = new Map(
    authorizers.flatMap(({ name, source }): [string, AuthorizerModule][] =>
      source.kind === "module"
        ? [
            [
              name,
              createAuthorizerModule({
                file: source.file,
                name,
                clock,
                onLine: (line) => onLine(name, line),
              }),
            ],
          ]
        : [],
    ),
  );
  return {
    ask({ name, source, timeoutMs }, event, secrets) {
      if (source.kind === "lambda") return askLambda(source, event, timeoutMs);
      const module = modules.get(name);
      if (!module) throw new Error(`authorizer ${name} is not one of the configuration`);
      return module.ask({ event, timeoutMs, secrets });
    },
    async check() {
      const checked = await Promise.all(
        Array.from(modules, async ([authorizer, module]) => ({ authorizer, ready: await module.check() })),
      );
      return checked.flatMap(({ authorizer, ready }) =>
        ready.ok ? [] : [{ authorizer, fault: ready.denial }],
      );
    },
    close: () => {
      for (const module of modules.values()) module.close();
    },
  };
}
