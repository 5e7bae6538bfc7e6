// The shape of AWS's sample of a REQUEST authorizer: prints its event; a header, a query parameter and a stage variable
// decide; answers by callback.
exports.handler = function (event, context, callback) {
  console.log("Received event:", JSON.stringify(event, null, 2));
  const headers = event.headers;
  const query = event.queryStringParameters;
  const stageVariables = event.stageVariables;

  const tmp = event.methodArn.split(":");
  const apiGatewayArnTmp = tmp[5].split("/");
  const resource = "/" + apiGatewayArnTmp.slice(3).join("/");
  if (!resource.startsWith("/")) throw new Error("no path in " + event.methodArn);

  if (
    headers.HeaderAuth1 === "headerValue1" &&
    query.QueryString1 === "queryValue1" &&
    stageVariables.StageVar1 === "stageValue1"
  ) {
    callback(null, generateAllow("me", event.methodArn));
  } else {
    callback("Unauthorized");
  }
};

const generatePolicy = function (principalId, effect, resource) {
  const authResponse = { principalId };
  if (effect && resource) {
    authResponse.policyDocument = {
      Version: "2012-10-17",
      Statement: [{ Action: "execute-api:Invoke", Effect: effect, Resource: resource }],
    };
  }
  authResponse.context = { stringKey: "stringval", numberKey: 123, booleanKey: true };
  return authResponse;
};

const generateAllow = (principalId, resource) => generatePolicy(principalId, "Allow", resource);
