// What the doctor says to paste, put where it says, in a YAML file: as a person would with an editor.
import { isMap, parse, parseDocument, type Document } from "yaml";
import type { Edit } from "./twin.js";

type Path = readonly (string | number)[];

/** Keys among those that stand at `path`; one that is there is overwritten. */
export const keysAt =
  (path: Path, text: string): Edit =>
  (before) =>
    changed(before, (document) => merge(document, path, parse(text)));

/** JSON statements, or one, at the end of the list at `path`. */
export const statementsAt =
  (path: Path, text: string): Edit =>
  (before) =>
    changed(before, (document) => {
      const statements = [JSON.parse(text) as unknown].flat();
      for (const statement of statements) document.addIn(path, document.createNode(statement));
    });

/** A resource of a template. */
export const resourceAt = (name: string, text: string): Edit =>
  keysAt(["Resources"], JSON.stringify({ [name]: JSON.parse(text) as unknown }));

function merge(document: Document, path: Path, value: unknown): void {
  const isBranch = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isBranch) document.setIn(path, value);
  else if (!isMap(document.getIn(path))) document.setIn(path, document.createNode(value));
  else for (const [key, each] of Object.entries(value)) merge(document, [...path, key], each);
}

function changed(text: string, change: (document: Document) => void): string {
  // CloudFormation's tags are not known to YAML, and stay as they are.
  const document = parseDocument(text, { logLevel: "error" });
  change(document);
  return document.toString({ lineWidth: 0 });
}
