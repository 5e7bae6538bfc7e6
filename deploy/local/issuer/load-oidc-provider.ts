// Loads npm's oidc-provider without its one line of noise. Decides nothing else.

export type OidcProviderModule = typeof import("oidc-provider");

let loading: Promise<OidcProviderModule> | undefined;

export function loadOidcProvider(): Promise<OidcProviderModule> {
  loading ??= importWithoutRuntimeWarning();
  return loading;
}

/**
 * oidc-provider asks for Node 22 and warns on Node 20 while it is imported, before any option of it could be read.
 * What is used here also works on 20.19 (the tests run there), so that one line is dropped; every other line passes.
 */
async function importWithoutRuntimeWarning(): Promise<OidcProviderModule> {
  const { warn } = console;
  console.warn = (...line: unknown[]) => {
    if (!String(line[0]).includes("oidc-provider WARNING: Unsupported runtime")) warn(...line);
  };
  try {
    return await import("oidc-provider");
  } finally {
    console.warn = warn;
  }
}
