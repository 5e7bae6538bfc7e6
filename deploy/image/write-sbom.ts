// `npm run sbom`: the bill of materials of what ships, as SPDX 2.3 in JSON (ISO/IEC 5962), on standard output. npm makes it
// of everything that is installed; here what is for development is taken out by the lock file's own mark. (`npm sbom
// --omit=dev` also leaves out what production needs through other packages: 65 of 177 when this was written, with npm 11.19.)
// Its time is now, or SOURCE_DATE_EPOCH (https://reproducible-builds.org/specs/source-date-epoch/).
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { madeAt, shippedPart, type LockFile, type Spdx } from "./shipped-part.js";

function listInstalled(): string {
  // Asked for by `npm run --silent`, it would say nothing.
  const { status, stdout, stderr } = spawnSync(
    "npm",
    ["sbom", "--sbom-format", "spdx", "--loglevel", "error"],
    {
      encoding: "utf8",
      maxBuffer: 1 << 26,
    },
  );
  if (status === 0) return stdout;
  // One line for each package that is missing: the first ones say enough.
  const said = stderr.split("\n").slice(0, 4).join("\n");
  process.stderr.write(`${said}\nsbom: npm could not list what is installed; run npm ci first\n`);
  process.exit(1);
}

const installed = JSON.parse(listInstalled()) as Spdx;
const lockFile = JSON.parse(readFileSync("package-lock.json", "utf8")) as LockFile;
const { SOURCE_DATE_EPOCH } = process.env;
if (SOURCE_DATE_EPOCH !== undefined && !/^\d{1,11}$/.test(SOURCE_DATE_EPOCH))
  throw new Error(`SOURCE_DATE_EPOCH is to be seconds since 1970, not ${JSON.stringify(SOURCE_DATE_EPOCH)}`);
const milliseconds = SOURCE_DATE_EPOCH === undefined ? Date.now() : Number(SOURCE_DATE_EPOCH) * 1000;
const shipped = madeAt(shippedPart(installed, lockFile), milliseconds);
process.stdout.write(`${JSON.stringify(shipped, null, 2)}\n`);
