// A template's YAML (or JSON) text -> plain values, with the short forms of intrinsic functions written out:
// `!Ref x` is { Ref: x }, `!Sub x` is { "Fn::Sub": x }. Refuses what CloudFormation does not read: aliases, anchors, null.
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Scalar } from "yaml";
import type { Report } from "./faults.js";

// YAML 1.1, which CloudFormation reads, takes these words for booleans, and these for numbers (octal, binary, to the
// base of 60, with underscores); this reader's YAML 1.2 does not. An account id may begin with a zero.
const ambiguousWord = /^(y|yes|n|no|on|off)$/i;
const ambiguousNumber = /^[-+]?(0[\d_]+|0[box][\da-f_]+|\d[\d_]*_[\d_]*|[1-9]\d*(:[0-5]?\d)+)$/i;

export function readYaml(text: string, report: Report): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  for (const error of document.errors) {
    report("", `line ${lines.linePos(error.pos[0]).line}: ${error.message}`);
  }
  return document.errors.length > 0 ? undefined : readNode(document.contents, "", report);
}

function readNode(node: unknown, path: string, report: Report): unknown {
  if (isAlias(node)) {
    report(path, "YAML aliases are not read by CloudFormation");
    return "";
  }
  if (!isScalar(node) && !isMap(node) && !isSeq(node)) {
    report(path, "is empty");
    return "";
  }
  if (node.anchor !== undefined) report(path, "YAML anchors are not read by CloudFormation");
  return withTag(node.tag, readContent(node, path, report));
}

function readContent(node: unknown, path: string, report: Report): unknown {
  if (isScalar(node)) return readScalar(node, path, report);
  if (isSeq(node)) return node.items.map((item, index) => readNode(item, `${path}[${index}]`, report));
  if (!isMap(node)) return "";
  const entries = node.items.map(({ key, value }): [string, unknown] => {
    const name = String(isScalar(key) ? (key.source ?? key.value) : "");
    if (isScalar(key)) reportAmbiguous(key, path, report);
    return [name, readNode(value, path === "" ? name : `${path}.${name}`, report)];
  });
  return Object.fromEntries(entries);
}

function readScalar(node: Scalar, path: string, report: Report): string | number | boolean {
  const { value, source = "" } = node;
  reportAmbiguous(node, path, report);
  if (typeof value === "string" || typeof value === "boolean") return value;
  // 0123 or 1e3 must not change its spelling on the way into a string.
  if (typeof value === "number") return String(value) === source ? value : source;
  report(path, "null is not allowed in a template");
  return "";
}

function reportAmbiguous({ source = "", type }: Scalar, path: string, report: Report): void {
  if (type !== "PLAIN") return;
  if (ambiguousWord.test(source))
    report(path, `${source} must be quoted: CloudFormation reads it as a boolean`);
  if (ambiguousNumber.test(source))
    report(path, `${source} must be quoted: CloudFormation may read it as another number`);
}

function withTag(tag: string | undefined, value: unknown): unknown {
  if (!tag?.startsWith("!")) return value;
  const name = tag.slice(1);
  if (name === "Ref" || name === "Condition") return { [name]: value };
  const dot = typeof value === "string" ? value.indexOf(".") : -1;
  if (name === "GetAtt" && typeof value === "string" && dot > 0) {
    return { "Fn::GetAtt": [value.slice(0, dot), value.slice(dot + 1)] };
  }
  return { [`Fn::${name}`]: value };
}
