// How a name in a token misses the configured one by a hair: the commonest fault of a new configuration. Only the
// operator is told; names are compared exactly all the same (OpenID Connect Core 3.1.3.7, RFC 7519 2).

/** Of two names that are not equal. `undefined`: they differ in more than a slash and letter case. */
export const nearMiss = (actual: string, configured: string): string | undefined => {
  const slash = `token has ${actual.endsWith("/") ? "a" : "no"} trailing slash`;
  if (withoutSlash(actual) === withoutSlash(configured)) return slash;
  if (actual.toLowerCase() === configured.toLowerCase()) return "token differs in letter case";
  if (withoutSlash(actual).toLowerCase() === withoutSlash(configured).toLowerCase()) {
    return `token differs in letter case, and ${slash}`;
  }
  return undefined;
};

const withoutSlash = (url: string): string => (url.endsWith("/") ? url.slice(0, -1) : url);
