// Whether a media type is one of an API's BinaryMediaTypes: `image/png`, `image/*`, `*/*`.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings.html

/** `field`: of Content-Type, or of Accept, of which API Gateway reads the first type only. */
export function isBinary(binaryMediaTypes: readonly string[], field: string | undefined): boolean {
  const type = /^\s*([^;,\s]*)/.exec(field ?? "")?.[1]?.toLowerCase() ?? "";
  return binaryMediaTypes.some((each) => {
    const pattern = each.toLowerCase();
    if (pattern === "*/*") return true;
    return pattern.endsWith("/*") ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
  });
}
