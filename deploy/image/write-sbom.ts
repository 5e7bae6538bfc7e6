// `npm run sbom`: the bill of materials of what ships, as SPDX 2.3 in JSON (ISO/IEC 5962), on standard output. npm makes it
// of everything that is installed; here what is for development is taken out by the lock file's own mark. (`npm sbom
// --omit=dev` also leaves out what production needs through other packages: 65 of 177 when this was written, with npm 11.19.)
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { shippedPart, type LockFile, type Spdx } from "./shipped-part.js";

const installed = execFileSync("npm", ["sbom", "--sbom-format", "spdx"], {
  encoding: "utf8",
  maxBuffer: 1 << 26,
  stdio: ["ignore", "pipe", "inherit"],
});
const lockFile = JSON.parse(readFileSync("package-lock.json", "utf8")) as LockFile;
process.stdout.write(`${JSON.stringify(shippedPart(JSON.parse(installed) as Spdx, lockFile), null, 2)}\n`);
