import { expect, test } from "vitest";

import { hueOf, initials } from "./initials";

test.each([
  ["Aminah binti Yusof", "AY"],
  ["siti", "S"],
  ["陈美玲", "陈"],
  ["  Rajesh   Kumar ", "RK"],
  ["+60 12-345", "1"],
  ["🎂 Cake Lover", "CL"],
  ["", "#"],
])("the initials of %s are %s", (name, letters) => {
  expect(initials(name)).toBe(letters);
});

test("a name keeps its colour", () => {
  expect(hueOf("Aminah")).toBe(hueOf("Aminah"));
  expect(hueOf("Aminah")).toBeGreaterThanOrEqual(0);
  expect(hueOf("Aminah")).toBeLessThan(7);
});
