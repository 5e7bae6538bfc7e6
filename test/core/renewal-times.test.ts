import { renewalTimes } from "../../server/core/renewal-times.js";
import { now } from "../fixtures/principal.js";
import { roleSessionWith } from "../fixtures/session.js";

const minute = 60_000;

/** In minutes before the end of a session of this life. */
function before(lifeMinutes: number, random = 0, notAfter?: number) {
  const expiration = now + lifeMinutes * minute;
  const spec = notAfter === undefined ? {} : { notAfter };
  const times = renewalTimes(roleSessionWith({ expiration }), spec, now, random);
  const minutes = (at: number) => (expiration - at) / minute;
  return {
    renew: minutes(times.renewAt),
    renewGrant: minutes(times.renewGrantAt),
    grant: minutes(times.grantUntil),
  };
}

test.each([
  [12 * 60, { renew: 10, renewGrant: 20, grant: 16 }],
  [60, { renew: 10, renewGrant: 20, grant: 16 }],
  [40, { renew: 10, renewGrant: 20, grant: 16 }],
  [32, { renew: 10, renewGrant: 16, grant: 16 }],
  [30, { renew: 10, renewGrant: 15, grant: 15 }],
  [20, { renew: 10, renewGrant: 10, grant: 10 }],
  [15, { renew: 7.5, renewGrant: 7.5, grant: 7.5 }],
])("of %d minutes: before the end, and never in the first half of the life", (life, times) => {
  expect(before(life)).toEqual(times);
});

test("by chance renewals are earlier by up to a third, and what a caller is given is not", () => {
  expect(before(60, 1)).toEqual({
    renew: expect.closeTo(40 / 3) as number,
    renewGrant: expect.closeTo(80 / 3) as number,
    grant: 16,
  });
});

test("a session that ends with its token is not renewed before it, since the next would end there too", () => {
  const end = (now + 60 * minute) / 1000;
  expect(before(60, 0.5, end)).toEqual({ renew: 1, renewGrant: 1, grant: 1 });
  expect(before(60, 0.5, end - 40 * 60)).toEqual({ renew: 1, renewGrant: 1, grant: 1 });
  expect(before(60, 0.5, end + 60)).toEqual({ renew: 1, renewGrant: 1, grant: 1 });
});

test("a session that ends a minute and more before its token is", () => {
  const end = (now + 60 * minute) / 1000;
  expect(before(60, 0, end + 61)).toEqual({ renew: 10, renewGrant: 20, grant: 16 });
});
