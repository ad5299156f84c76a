import { QueryClient } from "@tanstack/react-query";
import { beforeEach, describe, expect, test } from "vitest";

import { keys } from "../api/keys";
import { createApplier } from "./apply";

/** Clock runs planned work when the test moves the time. */
class Clock {
  time = 0;
  private planned: { at: number; work: () => void }[] = [];
  now = () => this.time;
  later = (work: () => void, ms: number) => void this.planned.push({ at: this.time + ms, work });
  forward(ms: number) {
    const end = this.time + ms;
    for (;;) {
      const next = this.planned.filter(({ at }) => at <= end).sort((one, two) => one.at - two.at)[0];
      if (!next) break;
      this.planned = this.planned.filter((each) => each !== next);
      this.time = next.at;
      next.work();
    }
    this.time = end;
  }
}

const list = keys.list({ view: "all", sort: "recent", q: "" });
let client: QueryClient;
let clock: Clock;
let asked: string[];

function stale(key: readonly unknown[]): boolean {
  return client.getQueryState(key)?.isInvalidated ?? false;
}

function event(id: string, kind: string) {
  return { id: "e.1.1", name: "conversation", data: JSON.stringify({ id, kind }) };
}

beforeEach(() => {
  client = new QueryClient();
  clock = new Clock();
  asked = [];
  const invalidate = client.invalidateQueries.bind(client);
  client.invalidateQueries = (filters, options) => {
    asked.push(JSON.stringify(filters?.queryKey ?? "everything"));
    return invalidate(filters, options);
  };
  for (const key of [list, keys.counts, keys.me, keys.thread("a"), keys.conversation("a"), keys.thread("b"), keys.conversation("b")]) {
    client.setQueryData(key, {});
  }
});

describe("an event of the server", () => {
  test("about a message refetches its thread, its conversation, lists and counts, and nothing else", () => {
    createApplier(client, clock)(event("a", "message"));
    clock.forward(50);
    expect([keys.thread("a"), keys.conversation("a"), list, keys.counts].map(stale)).toEqual([true, true, true, true]);
    expect([keys.thread("b"), keys.conversation("b"), keys.me].map(stale)).toEqual([false, false, false]);
  });

  test("about a status refetches the thread alone", () => {
    createApplier(client, clock)(event("a", "status"));
    clock.forward(5_000);
    expect([keys.thread("a"), keys.conversation("a"), list, keys.counts].map(stale)).toEqual([true, false, false, false]);
  });

  test("to resync refetches everything", () => {
    createApplier(client, clock)({ id: null, name: "resync", data: "{}" });
    expect([keys.thread("a"), keys.thread("b"), list, keys.me].map(stale)).toEqual([true, true, true, true]);
  });

  test("that makes no sense changes nothing", () => {
    const apply = createApplier(client, clock);
    apply({ id: null, name: "conversation", data: "not json" });
    apply({ id: null, name: "conversation", data: "{}" });
    apply({ id: null, name: "other", data: '{"id":"a","kind":"message"}' });
    clock.forward(5_000);
    expect(asked).toEqual([]);
  });
});

describe("many events", () => {
  test("that come together refetch each thing once", () => {
    const apply = createApplier(client, clock);
    for (let n = 0; n < 20; n++) apply(event("a", "message"));
    clock.forward(50);
    expect(asked.filter((key) => key === JSON.stringify(keys.thread("a")))).toHaveLength(1);
    expect(asked.filter((key) => key === JSON.stringify(keys.lists))).toHaveLength(1);
  });

  test("over ten busy seconds refetch the lists at most once a second, and once more at the end", () => {
    const apply = createApplier(client, clock);
    for (let n = 0; n < 200; n++) {
      apply(event(n % 2 === 0 ? "a" : "b", "message"));
      clock.forward(50);
    }
    clock.forward(2_000);
    const lists = asked.filter((key) => key === JSON.stringify(keys.lists)).length;
    expect(lists).toBeGreaterThanOrEqual(10);
    expect(lists).toBeLessThanOrEqual(12);
    expect(stale(list)).toBe(true);
  });
});
