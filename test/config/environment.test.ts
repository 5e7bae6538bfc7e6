import fc from "fast-check";
import { expandEnvironment } from "../../server/config/environment.js";
import { faultsIn, issuer, minimal, role, settingsOf } from "./documents.js";

describe("${env.NAME}", () => {
  test("is replaced in any string, also within one and more than once", () => {
    const env = { ACCOUNT: "123456789012", ROLE: "reader", HOST: "login.example.com" };
    const document = {
      ...minimal,
      issuers: [{ ...issuer, issuer: "https://${env.HOST}/", audience: ["${env.HOST}"] }],
      roles: [{ ...role, roleArn: "arn:aws:iam::${env.ACCOUNT}:role/${env.ROLE}" }],
    };
    const { issuers, roles } = settingsOf(document, env);
    expect(issuers[0]).toMatchObject({
      issuer: "https://login.example.com/",
      audience: ["login.example.com"],
    });
    expect(roles[0]?.roleArn).toBe("arn:aws:iam::123456789012:role/reader");
  });

  test("gives a number where one is asked for, and text where digits are text", () => {
    const document = {
      ...minimal,
      roles: [{ ...role, externalId: "${env.ID}" }],
      listen: { port: "${env.LISTEN}", adminPort: 9000 },
    };
    const { listen, roles } = settingsOf(document, { LISTEN: "9001", ID: "0042" });
    expect(listen.port).toBe(9001);
    expect(roles[0]?.externalId).toBe("0042");
  });

  test("leaves the slots of policies alone, also beside it", () => {
    const policy = [
      { Effect: "Allow", Action: "s3:Get*", Resource: "arn:aws:s3:::${env.BUCKET}/${claims.tenant}/*" },
    ];
    const { roles } = settingsOf({ ...minimal, roles: [{ ...role, policy }] }, { BUCKET: "reports" });
    expect(roles[0]?.policy[0]?.Resource[0]).toMatchObject({
      literals: ["arn:aws:s3:::reports/", "/*"],
      slots: [{ source: "claims.tenant" }],
    });
  });

  test("puts a value in as it is and does not look into it again", () => {
    expect(expandEnvironment(["${env.A}"], { A: "${env.B} $& $1", B: "no" })).toEqual({
      document: ["${env.B} $& $1"],
      faults: [],
    });
  });

  test.each([
    ["${env.NOPE}", "the environment has no NOPE"],
    ["${env.}", "${env.} is not the name of a variable"],
    ["${env.A-B}", "${env.A-B} is not the name of a variable"],
    ["${env.1}", "${env.1} is not the name of a variable"],
    ["${env.A", "has a ${env. without its }"],
  ])("%s is a fault with its path, told once", (text, message) => {
    expect(faultsIn({ ...minimal, sts: { region: text } }, { "A-B": "x", "": "x", "1": "x" })).toEqual({
      "sts.region": message,
    });
  });

  test.each(["toString", "constructor", "__proto__", "hasOwnProperty"])(
    "a name that every object of JavaScript knows (%s) is no variable, unless it is set",
    (name) => {
      const text = "${env." + name + "}";
      const fault = { path: "[0]", message: `the environment has no ${name}` };
      for (const env of [{}, process.env])
        expect(expandEnvironment([text], env)).toEqual({ document: [text], faults: [fault] });
      const env = Object.fromEntries([[name, "set"]]);
      expect(expandEnvironment([text], env)).toEqual({ document: ["set"], faults: [] });
    },
  );

  test("every missing name is told", () => {
    const document = { ...minimal, sts: { region: "${env.A}" }, listen: { host: "${env.B}" } };
    expect(Object.keys(faultsIn(document))).toEqual(["sts.region", "listen.host"]);
  });

  test("an empty value counts as a value, and is judged as one", () => {
    expect(faultsIn({ ...minimal, sts: { region: "${env.A}" } }, { A: "" })).toEqual({
      "sts.region": 'must be an AWS region such as eu-west-1; got ""',
    });
  });

  test("a document without references stays as it was", () => {
    const plain = fc.jsonValue().filter((value) => !/\$\{env\.|__proto__/.test(JSON.stringify(value)));
    fc.assert(
      fc.property(plain, (document) => {
        expect(expandEnvironment(document, {})).toEqual({ document, faults: [] });
      }),
    );
  });
});

describe("PORT and ADMIN_PORT", () => {
  test("override listen, and its default", () => {
    const document = { ...minimal, listen: { port: 1, adminPort: 2, host: "::1" } };
    const env = { PORT: "0", ADMIN_PORT: "9001" };
    expect(settingsOf(document, env).listen).toMatchObject({ port: 0, adminPort: 9001, host: "::1" });
    expect(settingsOf(minimal, { PORT: "9000" }).listen).toMatchObject({ port: 9000, adminPort: 8081 });
  });

  test.each(["", "65536", "-1", "80a", "0x50", " 80", "1e3"])(
    "PORT=%j is a fault that names the variable",
    (PORT) => {
      expect(faultsIn(minimal, { PORT })).toEqual({ PORT: "must be a port from 0 to 65535, or not be set" });
    },
  );

  test("a collision that they make is seen", () => {
    expect(Object.keys(faultsIn(minimal, { ADMIN_PORT: "8080" }))).toEqual(["listen.adminPort"]);
  });
});
