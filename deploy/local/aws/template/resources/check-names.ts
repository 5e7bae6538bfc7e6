// Actions and condition keys that AWS does not have, in every policy of a template, each with its place.
import { findUnknownNames } from "../../iam/catalog.js";
import type { ReadDocument } from "./read-policy.js";

export async function reportUnknownNames(documents: readonly ReadDocument[]): Promise<void> {
  for (const { document, kind, path, report } of documents) {
    const faults = await findUnknownNames(document, kind);
    for (const fault of faults) report(fault.path === "" ? path : `${path}.${fault.path}`, fault.message);
  }
}
