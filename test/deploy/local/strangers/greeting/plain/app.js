// The same in CommonJS, as older templates have it.
const greeting = process.env.GREETING;

exports.lambdaHandler = async (event, context) => ({
  greeting,
  path: event.rawPath,
  functionName: context.functionName,
});
