// The shape of AWS's first sample: the token itself says what becomes of the call.
export const handler = async (event) => {
  const token = event.authorizationToken;
  switch (token) {
    case "allow":
      return generatePolicy("user", "Allow", event.methodArn);
    case "deny":
      return generatePolicy("user", "Deny", event.methodArn);
    case "unauthorized":
      throw new Error("Unauthorized");
    case "hang":
      return new Promise((resolve) => setTimeout(resolve, 25_000));
    case "nonsense":
      return "yes";
    default:
      throw new Error(`Invalid token ${token}`);
  }
};

const generatePolicy = (principalId, Effect, Resource) => ({
  principalId,
  policyDocument: {
    Version: "2012-10-17",
    Statement: [{ Action: "execute-api:Invoke", Effect, Resource }],
  },
  context: { stringKey: "stringval", numberKey: 123, booleanKey: true },
});
