// Where an API is on this machine. The template's own text, https://ID.execute-api.REGION.amazonaws.com, which a function
// is told in its environment, becomes the API's loopback origin there: so the template and the function stay as deployed.
import type { FunctionDefinition, RestApi } from "../model.js";

/** The origin that API Gateway gives an API. */
export const apiOrigin = ({ id }: Pick<RestApi, "id">, region: string): string =>
  `https://${id}.execute-api.${region}.amazonaws.com`;

/** `origins`: what AWS would call each, and where it is here. */
export function withLocalOrigins(
  definition: FunctionDefinition,
  origins: readonly (readonly [there: string, here: string])[],
): FunctionDefinition {
  const local = (value: string): string =>
    origins.reduce((text, [there, here]) => text.replaceAll(there, here), value);
  const entries = Object.entries(definition.environment).map(([name, value]) => [name, local(value)]);
  return { ...definition, environment: Object.fromEntries(entries) as Record<string, string> };
}
