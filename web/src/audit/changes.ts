/** Change is one field before and after; null where it was not there. */
export type Change = { field: string; before: string | null; after: string | null };

/** changes lists the fields that differ between two recorded values. */
export function changes(before: unknown, after: unknown): Change[] {
  const old = fields(before);
  const young = fields(after);
  return [...new Set([...old.keys(), ...young.keys()])]
    .map((field) => ({ field, before: old.get(field) ?? null, after: young.get(field) ?? null }))
    .filter((change) => change.before !== change.after);
}

function fields(value: unknown): Map<string, string> {
  if (value === null || value === undefined) return new Map();
  if (typeof value !== "object" || Array.isArray(value)) return new Map([["", text(value)]]);
  return new Map(Object.entries(value).map(([field, each]) => [field, text(each)]));
}

function text(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
