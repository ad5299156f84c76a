/** AuditSearch is what narrows the log. Days are dates as this computer counts them, as YYYY-MM-DD. */
export type AuditSearch = { area?: string; target?: string; from?: string; until?: string };

/** csvAddress is where the same entries are found as a file. */
export function csvAddress(search: AuditSearch): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...span(search), area: search.area, target: search.target })) {
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
