/** AuditSearch is what narrows the log. Days are dates as this computer counts them, as YYYY-MM-DD. */
export type AuditSearch = { area?: string; target?: string; from?: string; until?: string };

/** asQuery is the search as the server reads it. */
export function asQuery(search: AuditSearch) {
  return { ...span(search), area: search.area, target: search.target };
}

/** csvAddress is where the same entries are found as a file. */
export function csvAddress(search: AuditSearch): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(asQuery(search))) {
    if (value) query.set(name, value);
  }
  return `/api/v1/audit/export.csv?${query}`;
}

/** span turns days into moments: from the first one's start to the last one's end, by this computer's clock. */
export function span(search: AuditSearch): { from?: string; until?: string } {
  const after = search.until ? new Date(`${search.until}T00:00:00`) : undefined;
  after?.setDate(after.getDate() + 1);
  return {
    from: search.from ? new Date(`${search.from}T00:00:00`).toISOString() : undefined,
    until: after?.toISOString(),
  };
}
