// The page: who is signed in, and which button does what. Everything that is decided is decided elsewhere, by the gateway
// and by AWS; the page only shows it.
import { createClient, type Client, type Door } from "../client.js";
import { outcomeOf, showOutcome } from "./answers.js";
import { announce, countDown, element, showFacts } from "./elements.js";
import { createLongCalls } from "./long-call.js";
import { createRefusals } from "./refusals.js";
import { askForSession } from "./session.js";
import { loadSettings, type Settings } from "./settings.js";
import { createSignIn, SignInEnded, type Tokens } from "./sign-in.js";
import { createSignedIn, type SignedIn } from "./signed-in.js";

interface Caller extends SignedIn {
  readonly client: Client;
}

const doors: readonly Door[] = ["proxy", "grant"];
const longCalls = createLongCalls();
let caller: Caller | undefined;

async function start(): Promise<void> {
  const settings = await loadSettings();
  const signIn = createSignIn(settings);
  wireCalls();
  wireRefusals(settings);
  onClick("sign-in", () => signIn.begin());
  onClick("sign-out", () => show(undefined));
  setInterval(countDown, 1000);
  show(undefined);
  const tokens = await signIn.complete().catch((error: unknown) => {
    showFault(`The sign-in did not succeed: ${messageOf(error)}`);
    return undefined;
  });
  if (tokens) show(callerOf(settings, tokens, signIn.renew));
}

function callerOf(
  { gateway }: Settings,
  tokens: Tokens,
  renew: (refreshToken: string) => Promise<Tokens>,
): Caller {
  const signedIn = createSignedIn(tokens, renew, () => showClaims());
  return { ...signedIn, client: createClient({ gateway, token: signedIn.token }) };
}

/** Nothing of one caller stays for the next. */
function show(next: Caller | undefined): void {
  caller?.client.clear();
  for (const door of doors) longCalls.stop(door);
  caller = next;
  element("signed-in").hidden = !next;
  element("signed-out").hidden = next !== undefined;
  element("session").hidden = true;
  for (const place of document.querySelectorAll(".answer")) place.replaceChildren();
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-signed-in]"))
    button.disabled = !next;
  showClaims();
}

/** What was asked for one caller is not shown once he has signed out. */
const isCalling = (client: Client): boolean => caller?.client === client;

function showClaims(): void {
  if (!caller) return;
  const { sub, name, groups = [], tenant } = caller.claims;
  showFacts(element("claims"), [
    ["Name", name === undefined ? sub : `${name} (${sub})`],
    ["Groups", groups.length === 0 ? "None" : groups.join(", ")],
    ["Tenant", tenant],
    ["Token ends", { ends: caller.ends() }],
  ]);
}

function wireCalls(): void {
  for (const door of doors) {
    onClick(`hello-${door}`, async () => {
      if (!caller) return;
      const { client } = caller;
      const outcome = await outcomeOf(() => client.fetch("/hello", { door, route: "hello" }));
      if (!isCalling(client)) return;
      showOutcome(element(`hello-${door}-answer`), outcome);
      announce(outcome.status);
    });
    onClick(`long-${door}`, async () => caller && longCalls.start(door, caller.client));
    onClick(`long-${door}-stop`, () => longCalls.stop(door));
    onClick(`session-${door}`, async () => {
      const client = caller?.client;
      if (client) await askForSession(door, client, () => isCalling(client));
    });
  }
}

function wireRefusals(settings: Settings): void {
  const refusals = createRefusals(settings, () => caller);
  for (const [id, refusal] of Object.entries(refusals))
    onClick(id, async () => {
      const outcome = await refusal();
      showOutcome(element("refusal"), outcome);
      announce(outcome.status);
    });
}

function onClick(id: string, act: () => unknown): void {
  element(id).addEventListener("click", () => {
    element("fault").hidden = true;
    void Promise.resolve(act()).catch((error: unknown) => {
      if (error instanceof SignInEnded) show(undefined);
      showFault(
        error instanceof SignInEnded ? "Your sign-in has ended. Please sign in again." : messageOf(error),
      );
    });
  });
}

function showFault(sentence: string): void {
  const fault = element("fault");
  fault.hidden = false;
  fault.textContent = sentence;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

start().catch((error: unknown) => showFault(`The page could not start: ${messageOf(error)}`));
