// Where the page finds what runs beside it.
import type { Aws } from "../aws/aws.js";
import type { OpenIdProvider } from "../issuer/openid-provider.js";
import type { DemoSettings } from "./demo-page.js";

/** `gateway`: its address, without a slash at the end. */
export const demoSettings = (
  { issuer }: Pick<OpenIdProvider, "issuer">,
  { functionUrls, recordedSession }: Pick<Aws, "functionUrls" | "recordedSession">,
  gateway: string,
): DemoSettings => {
  const urlOf = (name: string): string => functionUrls.get(`grantway-${name}`) ?? "";
  return {
    issuer,
    gateway,
    functionUrls: { hello: urlOf("hello"), long: urlOf("long"), echo: urlOf("echo") },
    recordedSession,
  };
};
