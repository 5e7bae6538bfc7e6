// Header fields as they stood on the wire: name, value, name, value... in order, repeats kept (RFC 9110 5.2).

export type RawHeaders = readonly string[];

export function* headerEntries(headers: RawHeaders): Generator<readonly [name: string, value: string]> {
  let name: string | undefined;
  for (const text of headers) {
    if (name === undefined) name = text;
    else {
      yield [name, text];
      name = undefined;
    }
  }
}

/** All values of one field; `name` in lower case. */
export function headerValues(headers: RawHeaders, name: string): string[] {
  const values: string[] = [];
  for (const [field, value] of headerEntries(headers)) {
    if (field.length === name.length && field.toLowerCase() === name) values.push(value);
  }
  return values;
}

/** Fields that speak only to the next hop (RFC 9110 7.6.1), and those that `Connection` names. Lower case. */
export function hopByHopNames(headers: RawHeaders): Set<string> {
  const names = new Set(hopByHop);
  for (const value of headerValues(headers, "connection")) {
    for (const name of value.split(",")) names.add(name.trim().toLowerCase());
  }
  return names;
}

const hopByHop = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];
