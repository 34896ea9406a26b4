/**
 * Whether a thing in well-formed JSON has two fields of one name. Parsers take the last of them without a word, and
 * whoever reads with another parser sees the first (RFC 7519, section 4; RFC 8725, section 2.4).
 */
export function hasRepeatedNames(json: string): boolean {
  const open: Set<string>[] = [];
  let textStart = 0;
  let textEnd = 0;
  for (let index = 0; index < json.length; index++) {
    const char = json[index];
    if (char === '"') {
      textStart = index++;
      for (; json[index] !== '"'; index++) if (json[index] === '\\') index++;
      textEnd = index + 1;
    } else if (char === '{' || char === '[') open.push(new Set());
    else if (char === '}' || char === ']') open.pop();
    else if (char === ':') {
      // Read as JSON: `\u0073ub` is `sub`.
      const name = JSON.parse(json.slice(textStart, textEnd)) as string;
      if (open.at(-1)?.has(name)) return true;
      open.at(-1)?.add(name);
    }
  }
  return false;
}
