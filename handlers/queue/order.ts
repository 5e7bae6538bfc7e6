// The work of a message: an order, read from its body with a bound on everything.

export interface Order {
  readonly order: string;
  readonly quantity: number;
}

/** @throws saying what is wrong, without the body: it is somebody's data, and this goes into a log. */
export const parseOrder = (body: string): Order => {
  const value: unknown = JSON.parse(body);
  if (typeof value !== "object" || value === null) throw new TypeError("an order is an object");
  const { order, quantity } = value as Partial<Record<keyof Order, unknown>>;
  if (typeof order !== "string" || !/^[\w-]{1,64}$/.test(order))
    throw new TypeError("order must be 1 to 64 letters, digits, - or _");
  if (typeof quantity !== "number" || !Number.isInteger(quantity) || quantity < 1 || quantity > 1000)
    throw new RangeError("quantity must be a whole number from 1 to 1000");
  return { order, quantity };
};
