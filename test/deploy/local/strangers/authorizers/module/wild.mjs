// What a module can do wrong, by its token; and what it does right.
export const handler = async (event) => {
  const token = event.identitySource[0];
  switch (token) {
    case "throw":
      throw new TypeError(`cannot read ${token}-secret`);
    case "hang":
      return new Promise(() => {});
    case "loop":
      for (;;);
    case "reject":
      Promise.reject(new Error("left behind"));
      return new Promise(() => {});
    case "exit":
      process.exit(0);
    case "nonsense":
      return { allowed: true };
    case "huge":
      return { isAuthorized: true, context: { text: "x".repeat(70_000) } };
    case "proto":
      return JSON.parse('{"isAuthorized":true,"context":{"__proto__":{"tier":"gold"}}}');
    default:
      return { isAuthorized: token.startsWith("good"), context: { sub: token, tier: "gold" } };
  }
};
