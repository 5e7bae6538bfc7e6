import { secretsOf, withoutSecrets } from "../../server/core/authorizer-secrets.js";
import { callOf } from "../fixtures/authorizer.js";

test.each(["Authorization", "Cookie", "DPoP", "Proxy-Authorization", "dpop"])(
  "the value of %s is taken out of a line, though the authorizer reads another header",
  (name) => {
    const secrets = secretsOf(callOf("/partner/a", { headers: [name, "5f2d9c11-value"] }), ["key-7"]);
    expect(withoutSecrets("it was called with 5f2d9c11-value by mira", secrets)).toBe(
      "it was called with ... by mira",
    );
  },
);

test("the value of any other field stays", () => {
  const secrets = secretsOf(callOf("/partner/a", { headers: ["Accept", "text/html"] }), ["key-7"]);
  expect(withoutSecrets("it wants text/html", secrets)).toBe("it wants text/html");
});
