import { expect, test } from "vitest";

import type { Message } from "../api/types";
import { tally } from "./tally";

const by = (author: Message["author"], reply?: { source: string; simulated: boolean }) =>
  ({ direction: author === "contact" ? "in" : "out", author, reply: reply ?? null }) as Message;

test("answers are counted by who wrote them, questions are not", () => {
  const counted = tally([
    by("contact"),
    by("bot", { source: "template", simulated: false }),
    by("bot", { source: "claude", simulated: true }),
    by("agent"),
    by("phone"),
  ]);
  expect(counted).toEqual({ template: 1, claude: 1, fixed: 0, people: 2, simulated: true });
});
