// Calls that are refused, on purpose: each by another step of the way, and one by AWS itself.
import { outcomeOf, type Outcome } from "./answers.js";
import type { Settings } from "./settings.js";
import type { SignedIn } from "./signed-in.js";

export type Refusals = Readonly<Record<string, () => Promise<Outcome>>>;

/** By the id of the button. */
export function createRefusals(
  { gateway, functionUrls }: Settings,
  signedIn: () => SignedIn | undefined,
): Refusals {
  const call = (path: string, token?: string): Promise<Outcome> =>
    outcomeOf(() =>
      fetch(
        `${gateway}${path}`,
        token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
      ),
    );
  const token = async (): Promise<string | undefined> => signedIn()?.token();

  return {
    "no-token": () => call("/hello"),
    "broken-token": async () => call("/hello", broken((await token()) ?? madeUp)),
    "unknown-route": async () => call("/no-such-route", await token()),
    unsigned: async () => {
      const outcome = await outcomeOf(() => fetch(functionUrls.hello));
      return outcome.text === undefined ? outcome : { ...outcome, text: unsignedText };
    },
    "no-group": async () => {
      const caller = signedIn();
      if (!caller)
        return {
          status: "Nobody is signed in",
          text: "Sign in as bob, who is in no group, and press this again.",
        };
      if (caller.claims.groups?.length !== 0)
        return { status: `${caller.claims.sub} is in a group`, text: bobText };
      return call("/hello", await caller.token());
    },
  };
}

const unsignedText =
  "AWS answers 403 to a call without a signature, before the function runs. Its refusals carry no CORS fields, so the " +
  "browser tells the page only that there was one; its network tools show the rest.";
const bobText =
  "Sign out, sign in as bob, who is in no group, and press this again: his calls are refused everywhere.";

/** The same header and claims under a signature that is none. */
function broken(token: string): string {
  const [header, claims, signature = ""] = token.split(".");
  return [header, claims, Array.from(signature).reverse().join("")].join(".");
}

/** For who is not signed in: a token that no issuer has made. */
const madeUp = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJub2JvZHkifQ.bm90IGEgc2lnbmF0dXJl";
