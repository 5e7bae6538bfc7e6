// Elements and text -> XML 1.0 as AWS's query protocol answers in it: no attributes but the root's namespace. What text
// holds stays text.

/** An element's children in order. `undefined`: the element is left out. */
export type XmlChildren = readonly (readonly [
  name: string,
  content: string | number | XmlChildren | undefined,
])[];

export const writeXml = (children: XmlChildren): string => {
  let xml = "";
  for (const [name, content] of children) {
    if (content !== undefined) xml += `<${name}>${writeContent(content)}</${name}>`;
  }
  return xml;
};

const writeContent = (content: string | number | XmlChildren): string =>
  typeof content === "object" ? writeXml(content) : escaped(String(content));

/** XML 1.0 section 2.2: the characters that it has. For the others it has no word at all, and U+FFFD stands in. */
const noCharacter = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

const escaped = (text: string): string =>
  text
    .replace(noCharacter, "\uFFFD")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&apos;")
    // A reader would take it for a line feed (section 2.11).
    .replaceAll("\r", "&#xD;");
