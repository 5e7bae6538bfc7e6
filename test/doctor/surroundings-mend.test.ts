// What the doctor says to paste for what stands in front of the gateway, put where it says, as in paste-mends.test.ts: our
// own fly.toml with one thing wrong, files of Fly's other shape, and the attributes of a load balancer.
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { parse as parseToml } from "smol-toml";
import { accept } from "../../server/core/result.js";
import { examine } from "../../server/doctor/examine.js";
import type { Facts, LoadBalancerFacts } from "../../server/doctor/facts.js";
import type { Finding, Paste } from "../../server/doctor/finding.js";
import { readFly } from "../../server/doctor/readers/read-fly.js";
import { tablesOf } from "../deploy/fly/tables-of.js";
import { smallScope, wellFacts } from "./facts.js";

const found = (bent: Partial<Facts>): readonly Finding[] => examine(smallScope(), wellFacts(bent)).findings;
const foundIn = (toml: string): readonly Finding[] => found({ fly: readFly("fly.toml", toml) });

const ours = readFileSync("deploy/fly/fly.toml", "utf8");
const simple = `app = "x"
kill_timeout = 300

[http_service]
  internal_port = 8080
  [http_service.http_options]
    idle_timeout = 930

[[vm]]
  memory = "1gb"
`;

function without(text: string, ...lines: readonly string[]): string {
  return lines.reduce((before, line) => {
    if (!before.includes(`${line}\n`)) throw new Error(`not there: ${line}`);
    return before.replace(new RegExp(`^[ \\t]*${line.replace(/[[\]]/g, "\\$&")}\n`, "m"), "");
  }, text);
}

/** As a person would who reads where it goes. */
function pasted(toml: string, { into, text }: Paste): string {
  const lines = toml.split("\n");
  const [, key] = /, in place of its (\w+)$/.exec(into) ?? [];
  if (key !== undefined) {
    const line = new RegExp(`^ *${key} = .*$`, "m");
    expect(toml).toMatch(line);
    return toml.replace(line, text);
  }
  return lines.toSpliced(placeOf(lines, into), 0, text).join("\n");
}

function placeOf(lines: readonly string[], into: string): number {
  const after = (from: number): number => from + 1 + lines.slice(from + 1).findIndex(isHeading);
  if (into === "fly.toml, above its first [table]") return lines.findIndex(isHeading);
  if (into === "fly.toml, below the keys of [http_service]") return after(lines.indexOf("[http_service]"));
  if (into === "fly.toml, below the keys of [[services.ports]] of port 443")
    return after(lines.indexOf("    port = 443"));
  const [, heading = "(none)"] = /^(\[[\w.]+\])(?: of port 443)? of fly\.toml$/.exec(into) ?? [];
  const at = lines.findIndex((line) => line.trim() === heading);
  if (at === -1) throw new Error(`no such place: ${into}`);
  return at + 1;
}

const isHeading = (line: string): boolean => line.trimStart().startsWith("[");

const portHeading = "[services.ports.http_options]";
const simpleHeading = "[http_service.http_options]";
test.each([
  ["ours without idle_timeout", without(ours, "idle_timeout = 930"), "fly_idle_timeout"],
  ["ours without its table", without(ours, "idle_timeout = 930", portHeading), "fly_idle_timeout"],
  ["ours with a short one", ours.replace("idle_timeout = 930", "idle_timeout = 60"), "fly_idle_timeout"],
  ["ours with a long one", ours.replace("idle_timeout = 930", "idle_timeout = 960"), "fly_idle_timeout"],
  ["ours without kill_timeout", without(ours, "kill_timeout = 300"), "fly_kill_timeout"],
  [
    "ours with a short kill_timeout",
    ours.replace("kill_timeout = 300", "kill_timeout = 299"),
    "fly_kill_timeout",
  ],
  ["the other shape without idle_timeout", without(simple, "idle_timeout = 930"), "fly_idle_timeout"],
  [
    "the other shape without its table",
    without(simple, "idle_timeout = 930", simpleHeading),
    "fly_idle_timeout",
  ],
  [
    "ours with the key in a table that Fly does not read",
    `${without(ours, "idle_timeout = 930", portHeading)}\n[metrics.http_options]\n  idle_timeout = 900\n`,
    "fly_idle_timeout",
  ],
])("fly.toml, %s: that one finding, and its paste mends it", (_title, broken, id) => {
  const findings = foundIn(broken);
  expect(findings.map((finding) => finding.id)).toEqual([id]);
  const mended = pasted(broken, findings[0]?.paste ?? { into: "", format: "toml", text: "" });
  expect(foundIn(mended)).toEqual([]);
  expect(parseToml(mended)).toMatchObject({ kill_timeout: 300 });
});

test("the paste for our own fly.toml stands at the port that calls come in by", () => {
  const broken = without(ours, "idle_timeout = 930", portHeading);
  const [finding] = foundIn(broken);
  expect(finding).toMatchObject({
    problem: `idle_timeout of ${portHeading} of port 443 is not set, and a call may be silent for 900 s`,
    paste: {
      into: "fly.toml, below the keys of [[services.ports]] of port 443",
      text: `${portHeading}\n  idle_timeout = 930`,
    },
  });
  const mended = parseToml(pasted(broken, finding?.paste ?? { into: "", format: "toml", text: "" }));
  const [service] = tablesOf(mended.services);
  expect(tablesOf(service?.ports)).toMatchObject([
    { port: 80 },
    { port: 443, http_options: { idle_timeout: 930 } },
  ]);
});

const well: LoadBalancerFacts = {
  idleSeconds: 930,
  targetGroups: [{ name: "g", deregistrationSeconds: 900 }],
};
test.each<[string, LoadBalancerFacts, string]>([
  ["a short idle time", { ...well, idleSeconds: 60 }, "alb_idle_timeout"],
  ["a long idle time", { ...well, idleSeconds: 4_000 }, "alb_idle_timeout"],
  [
    "a short deregistration",
    { ...well, targetGroups: [{ name: "g", deregistrationSeconds: 300 }] },
    "alb_deregistration_delay",
  ],
])("a load balancer with %s: that one finding, and its paste mends it", (_title, broken, id) => {
  const findings = found({ loadBalancer: accept(broken) });
  expect(findings.map((finding) => finding.id)).toEqual([id]);
  expect(found({ loadBalancer: accept(withAttributes(broken, findings[0]?.paste)) })).toEqual([]);
});

/** What AWS would tell after the attributes of the template are deployed. */
function withAttributes(before: LoadBalancerFacts, paste: Paste | undefined): LoadBalancerFacts {
  const [attribute] = parse(paste?.text ?? "") as readonly { readonly Key: string; readonly Value: string }[];
  const seconds = Number(attribute?.Value);
  switch (`${paste?.into}: ${attribute?.Key}`) {
    case "LoadBalancerAttributes: idle_timeout.timeout_seconds":
      return { ...before, idleSeconds: seconds };
    case "TargetGroupAttributes of g: deregistration_delay.timeout_seconds":
      return { ...before, targetGroups: [{ name: "g", deregistrationSeconds: seconds }] };
    default:
      throw new Error(`no such place: ${paste?.into}`);
  }
}
