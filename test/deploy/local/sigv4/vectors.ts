// The cases of AWS's public test suite for Signature Version 4 (aws-c-auth, `aws-signing-test-suite/v4`, header form)
// as one table of facts: what is sent, and the signature it must have.
const host = "example.amazonaws.com";
const unreserved = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const form = "application/x-www-form-urlencoded";
const formHash = "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e";
export const shortToken = "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267";
const longToken =
  "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";

/** What every case is signed with. */
export const suite = {
  host,
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  region: "us-east-1",
  service: "service",
  date: "20150830T123600Z",
  now: Date.UTC(2015, 7, 30, 12, 36),
} as const;

export interface Vector {
  readonly name: string;
  readonly method: "GET" | "POST";
  readonly target: string;
  /** Beside `host` and `x-amz-date`; all of them are signed. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  readonly signature: string;
  readonly token?: string;
  /** Sent, and not under the signature. */
  readonly unsignedToken?: string;
  /** The twin refuses a request that the suite signs, for this reason. */
  readonly refused?: string;
}

type More = Partial<Vector>;
const get = (name: string, target: string, signature: string, more: More = {}): Vector => ({
  name,
  method: "GET",
  target,
  headers: [],
  body: "",
  signature,
  ...more,
});
const post = (name: string, target: string, signature: string, more: More = {}): Vector =>
  get(name, target, signature, { method: "POST", ...more });

const vanilla = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
const postVanilla = "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b";
const postQuery = "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11";
const spaced = "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741";

// Two signers disagree on these, or no HTTP client sends them: the twin may refuse what AWS takes (CONTRIBUTING.md).
const dots: More = { refused: "the path has a dot segment" };
const empty: More = { refused: "the path has an empty segment" };
const bare: More = { refused: "the path has a character that must be percent-encoded, or is no path" };
const bareQuery: More = {
  refused: "the query has a character that must be percent-encoded (a space is %20, a plus is %2B)",
};
const many = (...values: string[]): More => ({ headers: values.map((value) => ["My-Header1", value]) });
const formOf = (type: string): More => ({
  body: "Param1=value1",
  headers: [
    ["Content-Length", "13"],
    ["Content-Type", type],
    ["X-Amz-Content-Sha256", formHash],
  ],
});

// One case a line.
// prettier-ignore
export const vectors: readonly Vector[] = [
  get("get-header-key-duplicate", "/", "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea", many("value2", "value2", "value1")),
  // The suite folds this value over three lines, which HTTP has since forbidden: this is what a server reads of them.
  get("get-header-value-multiline", "/", "cfd34249e4b1c8d6b91ef74165d41a32e5fab3306300901bb65a51a73575eefd", many("value1  value2     value3")),
  get("get-header-value-order", "/", "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01", many("value4", "value1", "value3", "value2")),
  get("get-header-value-trim", "/", "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736", { headers: [["My-Header1", " value1"], ["My-Header2", ' "a   b   c"']], refused: "signed header my-header2 has a quote and a run of spaces" }),
  get("get-relative-normalized", "/example/..", vanilla, dots),
  get("get-relative-unnormalized", "/example/..", "eca7ead57bb5aa5c8e28007acd4ff04e1ff9a0ff3b237ec1554a184887ff9282", dots),
  get("get-relative-relative-normalized", "/example1/example2/../..", vanilla, dots),
  get("get-relative-relative-unnormalized", "/example1/example2/../..", "dc33e0856fd4baca4d7aa2146c38958283844764f38c74252a333df5e613003b", dots),
  get("get-slash-normalized", "//", vanilla, empty),
  get("get-slash-unnormalized", "//", "c88bcd3d312d75078c0cd961d6deae3f4c754924b01669efcfcb439fd5e5b76e", empty),
  get("get-slash-dot-slash-normalized", "/./", vanilla, dots),
  get("get-slash-dot-slash-unnormalized", "/./", "68714168e6557f8f2de0ef956fc24dc2593a4bd2961f8df51898d8a134695145", dots),
  get("get-slash-pointless-dot-normalized", "/./example", "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5", dots),
  get("get-slash-pointless-dot-unnormalized", "/./example", "beb03f223f7deae4146464f06e29eebbee9c8afbe15c290cf07aa8b119e14cff", dots),
  get("get-slashes-normalized", "//example//", "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84", empty),
  get("get-slashes-unnormalized", "//example//", "87cca117541a147f6df867677d98a7d80dff226d2bfca9e4ffa899665623c7e5", empty),
  get("get-space-normalized", "/example space/", spaced, bare),
  get("get-space-unnormalized", "/example space/", spaced, bare),
  get("get-unreserved", `/${unreserved}`, "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"),
  get("get-utf8", "/\u1234", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85", bare),
  get("get-vanilla", "/", vanilla),
  get("get-vanilla-empty-query-key", "/?Param1=value1", "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb"),
  get("get-vanilla-query", "/", vanilla),
  get("get-vanilla-query-order-encoded", "/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1", "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac"),
  get("get-vanilla-query-order-key", "/?Param1=value2&Param1=Value1", "eedbc4e291e521cf13422ffca22be7d2eb8146eecf653089df300a15b2382bd1"),
  get("get-vanilla-query-order-key-case", "/?Param2=value2&Param1=value1", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
  get("get-vanilla-query-order-value", "/?Param1=value2&Param1=value1", "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694"),
  get("get-vanilla-query-unreserved", `/?${unreserved}=${unreserved}`, "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"),
  get("get-vanilla-utf8-query", "/?\u1234=bar", "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04", bareQuery),
  get("get-vanilla-utf8-query as clients send it", "/?%E1%88%B4=bar", "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"),
  get("get-vanilla-with-session-token", "/", "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8", { token: shortToken }),
  post("post-header-key-case", "/", postVanilla),
  post("post-header-key-sort", "/", "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c", many("value1")),
  post("post-header-value-case", "/", "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d", many("VALUE1")),
  post("post-sts-header-after", "/", postVanilla, { unsignedToken: longToken, refused: "header x-amz-security-token must be signed" }),
  post("post-sts-header-before", "/", "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead", { token: longToken }),
  post("post-vanilla", "/", postVanilla),
  post("post-vanilla-empty-query-value", "/?Param1=value1", postQuery),
  post("post-vanilla-query", "/?Param1=value1", postQuery),
  post("post-x-www-form-urlencoded", "/", "d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b", formOf(form)),
  post("post-x-www-form-urlencoded-parameters", "/", "328d1b9eaadca9f5818ef05e8392801e091653bafec24fcab71e7344e7f51422", formOf(`${form}; charset=utf-8`)),
];
