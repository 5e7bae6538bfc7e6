// What `serve` says where it cannot listen, and the exit status that its usage promises for that.
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { configuration } from "./configurations.js";
import { grantway } from "./run-grantway.js";

const serveOn = (listen: { readonly host: string; readonly port: number }) =>
  grantway(["serve"], {
    files: { "gateway.yaml": { ...configuration, listen: { ...listen, adminPort: 0 } } },
  });

test("a port that is taken is named, with what chooses another", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  expect(await serveOn({ host: "127.0.0.1", port })).toEqual({
    status: 69,
    out: "",
    err: `grantway: port ${port} on 127.0.0.1 is taken; PORT and ADMIN_PORT choose others, 0 means any free one\n`,
  });
  other.close();
});

test.each([
  // The empty part keeps it from any name server.
  ["a name that does not resolve", "a..b", "does not resolve (ENOTFOUND)"],
  ["an address of another machine", "192.0.2.1", "is no address of this machine"],
])("%s is named, with what may stand there", async (_, host, what) => {
  const allowed =
    "it takes an IP address of this machine, or a name that resolves to one; 0.0.0.0 is all of them";
  expect(await serveOn({ host, port: 0 })).toEqual({
    status: 69,
    out: "",
    err: `grantway: listen.host: ${host} ${what}; ${allowed}\n`,
  });
});
