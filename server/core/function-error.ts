// Lambda's fields that say that the function itself failed, though its answer came: in the head of Invoke's answers, in
// the trailers of a stream whose function threw half-way. Whether function URLs pass them on is not known, so both
// names are read in both places.
import { eachField, type RawHeaders } from "./raw-headers.js";

const names = new Set(["x-amz-function-error", "lambda-runtime-function-error-type"]);
const lengths = new Set(Array.from(names, ({ length }) => length));

/** Header or trailer fields. */
export function namesFunctionError(fields: RawHeaders): boolean {
  let isNamed = false;
  eachField(fields, (field) => {
    if (lengths.has(field.length) && names.has(field.toLowerCase())) isNamed = true;
  });
  return isNamed;
}
