import { withoutField } from "../../server/core/raw-headers.js";

test("one field is left out wherever and however it stands, and its name as a value stays", () => {
  const headers = ["Trailer", "a", "X", "trailer", "TRAILER", "b", "trailers", "c"];
  expect(withoutField(headers, "trailer")).toEqual(["X", "trailer", "trailers", "c"]);
});
