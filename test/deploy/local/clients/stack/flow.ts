// Three words, one write each.
export const handler = awslambda.streamifyResponse(async (_event, stream) => {
  for (const word of ["one ", "two ", "three"]) {
    stream.write(word);
    await new Promise((resolve) => setImmediate(resolve));
  }
  stream.end();
});
