const HUES = 7;

/** initials are at most two letters, or the first character of a Chinese name. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const first = words[0];
  if (!first) return "#";
  if (/^\p{Script=Han}/u.test(first)) return [...first][0] ?? "#";
  const second = words.length > 1 ? words.at(-1) : undefined;
  return ([...first][0] ?? "").toUpperCase() + (second ? ([...second][0] ?? "").toUpperCase() : "");
}

/** hueOf gives the same name the same colour every time. */
export function hueOf(name: string): number {
  let sum = 0;
  for (const char of name) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 9973;
  return sum % HUES;
}
