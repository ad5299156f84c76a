import { describe, expect, test } from "vitest";

import type { Message } from "../api/types";
import { place, unconfirmed, withMessage, withNewest, withOlder, type Thread } from "./thread";

function message(seq: number, changed: Partial<Message> = {}): Message {
  return {
    id: `m${seq}`,
    seq,
    direction: "in",
    author: "contact",
    author_name: null,
    content: "text",
    text: `text ${seq}`,
    at: new Date(Date.parse("2026-03-14T04:00:00Z") + seq * 60_000).toISOString(),
    state: "received",
    error: null,
    event: null,
    reply: null,
    ...changed,
  };
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => message(from + index));
const seqs = (thread: Thread) => thread.messages.map(({ seq }) => seq);

describe("loading a thread", () => {
  const loaded: Thread = { messages: range(5, 8), olderCursor: "5", prepended: 2 };

  test("a newer page is put on the messages already loaded", () => {
    const merged = withNewest(loaded, { items: range(7, 9), next_cursor: "7" });
    expect(seqs(merged)).toEqual([5, 6, 7, 8, 9]);
    expect(merged).toMatchObject({ olderCursor: "5", prepended: 2 });
  });

  test("a newer page replaces what changed in it", () => {
    const merged = withNewest(loaded, { items: [message(8, { state: "failed" })], next_cursor: "8" });
    expect(merged.messages.at(-1)?.state).toBe("failed");
    expect(seqs(merged)).toEqual([5, 6, 7, 8]);
  });

  test("a gap starts the thread again rather than hiding messages", () => {
    const merged = withNewest(loaded, { items: range(20, 22), next_cursor: "20" });
    expect(merged).toMatchObject({ olderCursor: "20", prepended: 0 });
    expect(seqs(merged)).toEqual([20, 21, 22]);
  });

  test("older messages go on top and are counted", () => {
    const merged = withOlder(loaded, { items: range(2, 4), next_cursor: null });
    expect(seqs(merged)).toEqual([2, 3, 4, 5, 6, 7, 8]);
    expect(merged).toMatchObject({ olderCursor: null, prepended: 5 });
  });

  test("an older page that overlaps adds nothing twice", () => {
    expect(seqs(withOlder(loaded, { items: range(3, 6), next_cursor: null }))).toEqual([3, 4, 5, 6, 7, 8]);
  });

  test("one message finds its place by sequence, and is there once", () => {
    const without = { ...loaded, messages: [message(5), message(7)] };
    const once = withMessage(without, message(6));
    expect(seqs(once)).toEqual([5, 6, 7]);
    expect(seqs(withMessage(once, message(6, { text: "changed" })))).toEqual([5, 6, 7]);
  });
});

describe("what is on its way", () => {
  const sentAt = Date.parse("2026-03-14T04:00:00Z");
  const mine = (key: string, text: string, failed = false) => ({ key, text, submittedAt: sentAt, failed });
  const stored = (seq: number, text: string) => message(seq, { direction: "out", author: "agent", text, state: "queued" });

  test("disappears when the live event shows it before the answer came", () => {
    expect(unconfirmed([mine("a", "hello")], [stored(1, "hello")])).toEqual([]);
  });

  test("stays while only an old message has the same text", () => {
    const old = { ...stored(1, "hello"), at: "2026-03-14T03:00:00Z" };
    expect(unconfirmed([mine("a", "hello")], [old])).toHaveLength(1);
  });

  test("one stored message stands for one of two equal texts", () => {
    expect(unconfirmed([mine("a", "ok"), mine("b", "ok")], [stored(1, "ok")]).map(({ key }) => key)).toEqual(["b"]);
  });

  test("a failed one stays until the person decides", () => {
    expect(unconfirmed([mine("a", "hello", true)], [stored(1, "hello")])).toHaveLength(1);
  });
});

describe("grouping", () => {
  const dayOf = (at: string) => at.slice(0, 10);

  test("one author's messages within five minutes are one group", () => {
    const three = [message(1), message(2), message(3)];
    expect(place(three, 0, dayOf)).toEqual({ newDay: true, startsGroup: true });
    expect(place(three, 1, dayOf)).toEqual({ newDay: false, startsGroup: false });
    expect(place(three, 2, dayOf)).toEqual({ newDay: false, startsGroup: false });
  });

  test("another author, a pause or a new day starts a group", () => {
    const bot = message(2, { direction: "out", author: "bot" });
    expect(place([message(1), bot], 1, dayOf).startsGroup).toBe(true);
    expect(place([message(1), message(9)], 1, dayOf).startsGroup).toBe(true);
    const night = [message(1, { at: "2026-03-14T23:59:30Z" }), message(2, { at: "2026-03-15T00:00:10Z" })];
    expect(place(night, 1, dayOf)).toEqual({ newDay: true, startsGroup: true });
  });
});
