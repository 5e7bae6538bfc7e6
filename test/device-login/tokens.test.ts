// When kept tokens are renewed, and which answers of a token endpoint are tokens.
import { isNearEnd, isStillGood, readTokens } from "../../server/device-login/tokens.js";

const minute = 60_000;
const lasting = (minutes: number) => ({ accessToken: "a", obtainedAt: 0, expiresAt: minutes * minute });

it.each([
  { life: 60, atMinutes: 44, near: false },
  { life: 60, atMinutes: 44.1, near: true },
  { life: 10, atMinutes: 5, near: false },
  { life: 10, atMinutes: 5.1, near: true },
  { life: 0, atMinutes: 0, near: false },
  { life: 0, atMinutes: 0.001, near: true },
])("of $life minutes, at minute $atMinutes: near its end is $near", ({ life, atMinutes, near }) => {
  expect(isNearEnd(lasting(life), atMinutes * minute)).toBe(near);
});

it("trusts no end when the clock was set back", () => {
  expect([isNearEnd(lasting(60), -1), isStillGood(lasting(60), -1)]).toEqual([true, false]);
});

it("takes an old token while more than a minute of it is left", () => {
  expect([59 * minute - 1, 59 * minute].map((now) => isStillGood(lasting(60), now))).toEqual([true, false]);
});

describe("of an answer", () => {
  const whole = { access_token: "at", token_type: "Bearer", expires_in: 60, refresh_token: "rt" };

  it("the tokens and their end are read", () => {
    const read = { accessToken: "at", obtainedAt: 1_000, expiresAt: 61_000, refreshToken: "rt" };
    expect(readTokens(whole, 1_000)).toEqual({ ok: true, value: read });
    expect(readTokens({ ...whole, expires_in: "60", token_type: "bearer" }, 1_000)).toMatchObject({
      value: read,
    });
  });

  it("a refresh token that is not sent again goes on", () => {
    const before = { ...lasting(1), refreshToken: "old" };
    expect(readTokens({ ...whole, refresh_token: undefined }, 0, before)).toMatchObject({
      value: { refreshToken: "old" },
    });
    expect(readTokens(whole, 0, before)).toMatchObject({ value: { refreshToken: "rt" } });
  });

  it.each([undefined, -1, 0, NaN, "soon", 1e12, null])("an end of %j is no end", (seconds) => {
    expect(readTokens({ ...whole, expires_in: seconds }, 7)).toMatchObject({ value: { expiresAt: 7 } });
  });

  it.each([
    [undefined, "gave no access token"],
    [[], "gave no access token"],
    [{ ...whole, access_token: "a\r\nb" }, "gave no access token"],
    [{ ...whole, access_token: "" }, "gave no access token"],
    [{ ...whole, token_type: "DPoP" }, "gave a token that is no Bearer token"],
  ])("%j is refused: it %s", (body, denial) => {
    expect(readTokens(body, 0)).toEqual({ ok: false, denial });
  });
});
