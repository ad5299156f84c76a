import type { QueryClient } from "@tanstack/react-query";

import { keys } from "../api/keys";
import type { ServerEvent } from "./parse";

export type ConversationEvent = { id: string; kind: "message" | "changed" | "status" };

const GATHER_MS = 40;
const LISTS_EVERY_MS = 1_000;

/** Timers lets a test stand in for the browser's clock. */
export type Timers = { now: () => number; later: (work: () => void, ms: number) => void };

const browserTimers: Timers = { now: () => Date.now(), later: (work, ms) => void setTimeout(work, ms) };

/**
 * createApplier turns the server's events into refetches of what is on the
 * screen. Events that arrive together become one refetch each; lists are
 * refetched at once and then at most every second, however busy the company.
 */
export function createApplier(client: QueryClient, timers: Timers = browserTimers): (event: ServerEvent) => void {
  let gathered = new Map<string, Set<ConversationEvent["kind"]>>();
  let listsAt = -Infinity;
  let listsPlanned = false;

  function refetchLists() {
    listsPlanned = false;
    listsAt = timers.now();
    void client.invalidateQueries({ queryKey: keys.lists });
    void client.invalidateQueries({ queryKey: keys.counts });
  }

  function planLists() {
    if (listsPlanned) return;
    const wait = listsAt + LISTS_EVERY_MS - timers.now();
    if (wait <= 0) return refetchLists();
    listsPlanned = true;
    timers.later(refetchLists, wait);
  }

  function flush() {
    const batch = gathered;
    gathered = new Map();
    let lists = false;
    for (const [id, kinds] of batch) {
      void client.invalidateQueries({ queryKey: keys.thread(id) });
      if (kinds.has("message") || kinds.has("changed")) {
        void client.invalidateQueries({ queryKey: keys.conversation(id) });
        lists = true;
      }
    }
    if (lists) planLists();
  }

  return (event) => {
    if (event.name === "resync") {
      void client.invalidateQueries();
      return;
    }
    if (event.name !== "conversation") return;
    const change = readChange(event.data);
    if (!change) return;
    if (gathered.size === 0) timers.later(flush, GATHER_MS);
    const kinds = gathered.get(change.id) ?? new Set();
    gathered.set(change.id, kinds.add(change.kind));
  };
}

function readChange(data: string): ConversationEvent | null {
  try {
    const change = JSON.parse(data) as Partial<ConversationEvent>;
    if (typeof change.id !== "string" || !change.kind) return null;
    return { id: change.id, kind: change.kind };
  } catch {
    return null;
  }
}
