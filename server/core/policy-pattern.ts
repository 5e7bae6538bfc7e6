// One pattern of IAM's against another: whether all that it stands for is covered, or any of it. How far a wildcard
// reaches over the colons of an ARN is in doubt, so what is covered is covered in either reading.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html

/** A character that no policy may hold, in place of `${*}`, `${?}` and `${$}`: a literal that no pattern spells. */
const literalMark = "\ue000";

/** A pattern of ours, whose `*` and `?` are wildcards all. */
export const withoutVariables = (pattern: string): string => pattern.replace(/\$\{[*?$]\}/g, literalMark);

/** Actions compare without regard to case. */
export const coversAction = (pattern: string, asked: string): boolean =>
  covers(pattern.toLowerCase(), asked.toLowerCase());

/**
 * Colon by colon. A `*` at the end of a pattern of six parts or more goes over all parts that follow.
 * `pattern`: without variables.
 */
export function coversResource(pattern: string, asked: string): boolean {
  if (pattern === "*") return true;
  const [parts, askedParts] = [pattern.split(":"), asked.split(":")];
  const isOpen = parts.length >= 6 && pattern.endsWith("*");
  const fits = isOpen ? parts.length <= askedParts.length : parts.length === askedParts.length;
  return fits && parts.every((part, at) => askedParts.slice(at, at + 1).every((each) => covers(part, each)));
}

/** Greedy, going back to the last `*` only: never worse than one length times the other. */
function covers(pattern: string, asked: string): boolean {
  let [at, from, starAt, starFrom] = [0, 0, -1, 0];
  while (from < asked.length) {
    if (pattern[at] === "*") {
      starAt = at++;
      starFrom = from;
    } else if (coversOne(pattern.charAt(at), asked.charAt(from))) {
      at++;
      from++;
    } else if (starAt >= 0) {
      at = starAt + 1;
      from = ++starFrom;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(at));
}

/** What an asked `*` stands for only a `*` covers. */
const coversOne = (mark: string, asked: string): boolean => (mark === "?" ? asked !== "*" : mark === asked);

/** Whether two patterns have any text in common, wildcards going over colons. */
export function overlaps(a: string, b: string): boolean {
  // Two ARNs most often begin alike and part at a letter.
  let start = 0;
  while (start < a.length && a[start] === b[start] && !isWildcard(a.charAt(start))) start++;
  const [x, y] = [a.charAt(start), b.charAt(start)];
  return isWildcard(x) || isWildcard(y) ? overlapsFrom(a.slice(start), b.slice(start)) : x === y;
}

const isWildcard = (character: string): boolean => character === "*" || character === "?";

/** One length times the other, so bytes and not texts. */
function overlapsFrom(a: string, b: string): boolean {
  // Of what follows each place in `a`: which rests of `b` have a text in common with it. One place more is always none.
  let [after, row] = [new Uint8Array(b.length + 2), new Uint8Array(b.length + 2)];
  for (let i = a.length; i >= 0; i--) {
    const x = codeAt(a, i);
    for (let j = b.length; j >= 0; j--) {
      const y = codeAt(b, j);
      if (x === star || y === star) row[j] = after[j] === 1 || row[j + 1] === 1 ? 1 : 0;
      else if (x === end || y === end) row[j] = x === y ? 1 : 0;
      else row[j] = (x === question || y === question || x === y) && after[j + 1] === 1 ? 1 : 0;
    }
    [after, row] = [row, after];
  }
  return after[0] === 1;
}

const [star, question, end] = [0x2a, 0x3f, -1];
const codeAt = (text: string, at: number): number => (at < text.length ? text.charCodeAt(at) : end);
