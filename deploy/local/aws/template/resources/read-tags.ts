// `Tags: [{ Key, Value }]` of IAM's and Lambda's resources.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules
import type { Report } from "../faults.js";
import { readFields, type Fields } from "../fields.js";

const characters = String.raw`[\p{L}\p{Z}\p{N}_.:/=+\-@]`;
const tagKey = new RegExp(`^(?!aws:)${characters}{1,128}$`, "iu");
const tagValue = new RegExp(`^${characters}{0,256}$`, "u");

export function readTags(fields: Fields, report: Report): Record<string, string> {
  const tags = fields.list("Tags").map((item, at): [string, string] => {
    const tag = readFields(item, fields.at(`Tags[${at}]`), report);
    const pair: [string, string] = [tag.text("Key", tagKey), tag.scalar("Value", tagValue)];
    tag.end();
    return pair;
  });
  const keys = new Set(tags.map(([key]) => key.toLowerCase()));
  if (keys.size !== tags.length) fields.fault("Tags", "has a key twice; case does not count");
  if (tags.length > 50) fields.fault("Tags", "has more than 50 tags");
  return Object.fromEntries(tags);
}
