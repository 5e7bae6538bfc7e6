// A URL as an option takes it: of an endpoint, or of a gateway's admin listener.

export const isHttpUrl = (text: string): boolean =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
