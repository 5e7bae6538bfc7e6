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
  // Of what follows each place in `a`: which rests of `b` have a text in common with it.
  let after: boolean[] = [];
  for (let i = a.length; i >= 0; i--) {
    const row: boolean[] = [];
    const x = a.charAt(i);
    for (let j = b.length; j >= 0; j--) {
      const y = b.charAt(j);
      if (x === "*" || y === "*") row[j] = after[j] === true || row[j + 1] === true;
      else if (x === "" || y === "") row[j] = x === y;
      else row[j] = (x === "?" || y === "?" || x === y) && after[j + 1] === true;
    }
    after = row;
  }
  return after[0] === true;
}
