import { expect, test } from "vitest";

import { csvAddress, span } from "./search";

test("a span holds its last day whole", () => {
  const { from, until } = span({ from: "2026-12-25", until: "2026-12-25" });
  expect(new Date(until ?? 0).getTime() - new Date(from ?? 0).getTime()).toBe(24 * 60 * 60 * 1000);
});

test("the file has the filter of the list", () => {
  expect(csvAddress({ area: "user", target: "a b" })).toBe("/api/v1/audit/export.csv?area=user&target=a+b");
  expect(csvAddress({})).toBe("/api/v1/audit/export.csv?");
});
