// Which answers end with their head, whatever their fields say (RFC 9112 6.3).

/** By its status alone: 204 and 304. */
export const isBodilessStatus = (status: number): boolean => status === 204 || status === 304;

/** By its status, or as the answer to HEAD. */
export const isBodiless = (method: string | undefined, status: number): boolean =>
  method === "HEAD" || isBodilessStatus(status);
