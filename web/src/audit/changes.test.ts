import { expect, test } from "vitest";

import { changes } from "./changes";

test("only fields that differ are changes", () => {
  expect(changes({ name: "A", role: "x", n: 1 }, { name: "B", role: "x", list: ["en"] })).toEqual([
    { field: "name", before: "A", after: "B" },
    { field: "n", before: "1", after: null },
    { field: "list", before: null, after: '["en"]' },
  ]);
});

test("nothing recorded is no change", () => {
  expect(changes(null, undefined)).toEqual([]);
});
