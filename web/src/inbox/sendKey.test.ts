import { expect, test } from "vitest";

import { wantsToSend } from "./sendKey";

const enter = { key: "Enter", shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, isComposing: false };

test("Enter sends only where the person wants it to", () => {
  expect(wantsToSend(enter, "enter")).toBe(true);
  expect(wantsToSend(enter, "mod-enter")).toBe(false);
});

test("Ctrl or Cmd with Enter always sends", () => {
  expect(wantsToSend({ ...enter, ctrlKey: true }, "mod-enter")).toBe(true);
  expect(wantsToSend({ ...enter, metaKey: true }, "enter")).toBe(true);
});

test("Shift with Enter starts a new line", () => {
  expect(wantsToSend({ ...enter, shiftKey: true }, "enter")).toBe(false);
});

test("Enter that picks a Chinese character sends nothing", () => {
  expect(wantsToSend({ ...enter, isComposing: true }, "enter")).toBe(false);
});
