// The Mappings of a template: two levels of names, then a text or a list of texts.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/mappings-section-structure.html
import type { Report } from "../faults.js";
import { readFields, type Fields } from "../fields.js";

/** `undefined`: no such entry. */
export type Mappings = (map: string, key: string, name: string) => unknown;

export function readMappings(section: Fields, report: Report): Mappings {
  if (section.names().length > 200) report(section.path, "has more than 200 members");
  const entries = new Map<string, unknown>();
  const checkKey = (key: string, path: string): void => {
    if (!/^[A-Za-z0-9.-]{1,255}$/.test(key)) report(path, "a mapping's key is letters, digits, - and .");
  };
  for (const map of section.names()) {
    if (!/^[A-Za-z0-9]{1,255}$/.test(map)) report(section.at(map), "a mapping's name is letters and digits");
    const keys = readFields(section.any(map), section.at(map), report);
    for (const key of keys.names()) {
      checkKey(key, keys.at(key));
      const names = readFields(keys.any(key), keys.at(key), report);
      for (const name of names.names()) {
        checkKey(name, names.at(name));
        entries.set(JSON.stringify([map, key, name]), readEntry(names.any(name), names.at(name), report));
      }
    }
  }
  return (map, key, name) => entries.get(JSON.stringify([map, key, name]));
}

function readEntry(value: unknown, path: string, report: Report): unknown {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (items.some((item) => typeof item === "object"))
    report(path, "a mapping holds texts and lists of texts; nothing is worked out in it");
  return value;
}
