// A filter pattern of CloudWatch Logs for JSON lines, as far as ecs.yaml has them: comparisons of one field, && and ||,
// parentheses. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html

type Line = Readonly<Record<string, unknown>>;

const word = /\s*(\(|\)|&&|\|\||\$\.\w+|!=|>=|>|<|=|"[^"]*"|\d+)/y;

export function filterPattern(pattern: string): (line: Line) => boolean {
  const inner = /^\{(.*)\}$/.exec(pattern)?.[1]?.trim() ?? "";
  const words: string[] = [];
  word.lastIndex = 0;
  while (word.lastIndex < inner.length) {
    const found = word.exec(inner);
    if (found === null) throw new Error(`not a filter pattern that this can read: ${pattern}`);
    words.push(found[1] ?? "");
  }
  const take = (): string => words.shift() ?? "";
  const either = (line: Line): boolean => joined("||", () => joined("&&", () => term(line)));
  // Both sides are always read, whatever the first one says.
  const joined = (operator: "||" | "&&", side: () => boolean): boolean => {
    let value = side();
    while (words[0] === operator) {
      take();
      const next = side();
      value = operator === "||" ? value || next : value && next;
    }
    return value;
  };
  const term = (line: Line): boolean => {
    if (words[0] !== "(") return compare(line[take().slice(2)], take(), take());
    take();
    const value = either(line);
    if (take() !== ")") throw new Error(`a parenthesis stays open: ${pattern}`);
    return value;
  };
  const all = [...words];
  return (line) => {
    words.splice(0, words.length, ...all);
    const value = either(line);
    if (words.length > 0) throw new Error(`goes on after its end: ${pattern}`);
    return value;
  };
}

/** A field that is not there fits nothing; `"*"` is any text. */
function compare(field: unknown, operator: string, value: string): boolean {
  if (field === undefined) return false;
  const text = /^"(.*)"$/.exec(value)?.[1];
  if (text === "*") return operator === "=" && typeof field === "string";
  const isEqual = field === (text ?? Number(value));
  if (operator === ">=") return typeof field === "number" && field >= Number(value);
  if (operator === "<") return typeof field === "number" && field < Number(value);
  if (operator === ">") return typeof field === "number" && field > Number(value);
  return operator === "=" ? isEqual : !isEqual;
}
