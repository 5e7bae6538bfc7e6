// A Lambda authorizer as a team may have it behind an HTTP API (payload format 2.0, simple responses), here as a module.
// It knows partners by an API key; what it says of them becomes the claims that the rules read.
const partners = new Map([
  ["partner-key-7", { sub: "partner-7", tenant: "acme", groups: ["analysts"] }],
  ["partner-key-8", { sub: "partner-8", tenant: "globex", groups: [] }],
]);

export const handler = async (event) => {
  const partner = partners.get(event.headers["x-api-key"]);
  return partner ? { isAuthorized: true, context: partner } : { isAuthorized: false };
};
