// Header fields as they stood on the wire: name, value, name, value... in order, repeats kept (RFC 9110 5.2).

export type RawHeaders = readonly string[];

/** Calls `visit` for each field, in order. A plain loop, since it is run several times a call. */
export function eachField(headers: RawHeaders, visit: (field: string, value: string) => void): void {
  let field: string | undefined;
  for (const text of headers) {
    if (field === undefined) {
      field = text;
    } else {
      visit(field, text);
      field = undefined;
    }
  }
}

export function headerEntries(headers: RawHeaders): [name: string, value: string][] {
  const entries: [string, string][] = [];
  eachField(headers, (field, value) => entries.push([field, value]));
  return entries;
}

/** All values of one field; `name` in lower case. */
export function headerValues(headers: RawHeaders, name: string): string[] {
  const values: string[] = [];
  eachField(headers, (field, value) => {
    // Most names differ in length already.
    if (field.length === name.length && field.toLowerCase() === name) values.push(value);
  });
  return values;
}

/** Every field but this one; `name` in lower case. */
export const withoutField = (headers: RawHeaders, name: string): string[] =>
  headers.filter((_, at) => headers[at - (at % 2)]?.toLowerCase() !== name);

/** Whether a field speaks only to the next hop (RFC 9110 7.6.1). `name` in lower case. */
export const isHopByHop = (name: string): boolean => hopByHop.has(name);

/** The names that `Connection` fields name beside those that are hop-by-hop anyway; lower case. Most often none. */
export function connectionNames(headers: RawHeaders): ReadonlySet<string> {
  let names: Set<string> | undefined;
  for (const value of headerValues(headers, "connection")) {
    if (value === "keep-alive" || value === "close") continue;
    names ??= new Set();
    for (const name of value.split(",")) names.add(name.trim().toLowerCase());
  }
  return names ?? none;
}

const none: ReadonlySet<string> = new Set();

const hopByHop = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);
