// The shape of AWS's sample for payload format 2.0 with simple responses.
export const handler = async (event) => {
  let response = { isAuthorized: false, context: { stringKey: "value", numberKey: 1, arrayKey: ["value1"] } };
  if (event.headers.authorization === "secretToken") {
    response = { isAuthorized: true, context: { stringKey: "value", tier: "gold" } };
  }
  return response;
};
