import type { DeliveryState, Sort, View } from "./types";

/** ListKey is what distinguishes one list of conversations from another. */
export type ListKey = { view: View; sort: Sort; q: string };

/** keys names everything the cache holds. */
export const keys = {
  me: ["me"] as const,
  users: ["users"] as const,
  counts: ["counts"] as const,
  lists: ["conversations"] as const,
  list: (list: ListKey) => ["conversations", list] as const,
  conversation: (id: string) => ["conversation", id] as const,
  thread: (id: string) => ["thread", id] as const,
  send: (id: string) => ["send", id] as const,
  audit: (search: object, companyId?: string) => ["audit", companyId ?? "own", search] as const,
  deliveries: (state: DeliveryState) => ["deliveries", state] as const,
};
