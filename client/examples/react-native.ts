// React Native: the proxy door needs nothing but what is built in. The token is kept by the app, in the Keychain or the
// Keystore (expo-secure-store, react-native-keychain), and renewed by its OpenID library (react-native-app-auth).
// What differs from a browser: answers come whole, since React Native's `fetch` has no `response.body`; no CORS; and the
// grant door needs polyfills first (react-native-quick-crypto, react-native-url-polyfill). From the Android emulator the
// gateway of `npm run local` is http://10.0.2.2:8080.
import { type Client, createClient } from "grantway/client";

export interface Vault {
  /** The access token as it was kept, or null after sign-out. */
  readonly read: () => Promise<string | null>;
  /** Gets a new one with the refresh token, and keeps it. */
  readonly renew: () => Promise<string>;
}

export function createAppClient(gateway: string, vault: Vault): Client {
  return createClient({
    gateway,
    token: async (hint) => {
      const kept = await vault.read();
      if (kept === null) throw new Error("Signed out");
      // Somebody else may have renewed it meanwhile.
      return hint?.refused === kept ? vault.renew() : kept;
    },
  });
}

/** `useEffect(() => loadJson(client, "/reports/7", setReport, setError), [client])` */
export function loadJson(
  client: Client,
  path: string,
  done: (data: unknown) => void,
  failed: (error: Error) => void,
): () => void {
  const controller = new AbortController();
  const load = async (): Promise<unknown> => {
    const answer = await client.fetch(path, { signal: controller.signal });
    if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
    return answer.json();
  };
  load().then(
    (data) => controller.signal.aborted || done(data),
    (error: unknown) => controller.signal.aborted || failed(error as Error),
  );
  return () => controller.abort();
}
