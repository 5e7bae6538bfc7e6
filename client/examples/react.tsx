// React, 16.14 and later: one client for whoever is signed in, and a hook that reads JSON through it. `getToken` is your
// OpenID library's, such as `() => auth.getTokenSilently()`; `user` is any text that changes with the user.
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { type Client, createClient, type TokenCallback } from "grantway/client";

const ClientContext = createContext<Client | undefined>(undefined);

export interface GrantwayProps {
  readonly gateway: string;
  readonly getToken: TokenCallback;
  readonly user: string;
  readonly children: ReactNode;
}

export function Grantway({ gateway, getToken, user, children }: GrantwayProps): ReactNode {
  // A callback written in place is another one at each render: a client of its own for each would load everything again.
  const latest = useRef(getToken);
  useLayoutEffect(() => {
    latest.current = getToken;
  });
  const client = useMemo(() => createClient({ gateway, token: (hint) => latest.current(hint) }), [gateway]);
  // Whoever signs out leaves no credentials behind, and with the key nothing that was loaded for him.
  useEffect(() => () => client.clear(), [client, user]);
  return (
    <ClientContext.Provider value={client} key={user}>
      {children}
    </ClientContext.Provider>
  );
}

export type Loaded<T> =
  | { readonly state: "loading" }
  | { readonly state: "failed"; readonly why: string }
  | { readonly state: "done"; readonly data: T };

/** Aborts the call when the component goes or asks for something else. */
export function useJson<T>(path: string): Loaded<T> {
  const client = useContext(ClientContext);
  const [loaded, setLoaded] = useState<Loaded<T>>({ state: "loading" });
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const load = async (): Promise<Loaded<T>> => {
      if (!client) throw new Error("useJson needs <Grantway> around it");
      const answer = await client.fetch(path, { signal });
      if (answer.ok) return { state: "done", data: (await answer.json()) as T };
      return {
        state: "failed",
        why: `${answer.status} (request ${answer.headers.get("x-request-id") ?? "?"})`,
      };
    };
    const failed = (error: unknown): Loaded<T> => ({ state: "failed", why: String(error) });
    setLoaded({ state: "loading" });
    void load()
      .catch(failed)
      .then((next) => {
        if (!signal.aborted) setLoaded(next);
      });
    return () => controller.abort();
  }, [client, path]);
  return loaded;
}

export function Greeting({ path }: { readonly path: string }): ReactNode {
  const hello = useJson<{ readonly message: string }>(path);
  if (hello.state === "loading") return <p role="status">Loading</p>;
  if (hello.state === "failed") return <p role="alert">{hello.why}</p>;
  return <p>{hello.data.message}</p>;
}
