import { infiniteQueryOptions, queryOptions, type QueryClient } from "@tanstack/react-query";

import { api, unwrap } from "../api/client";
import { keys, type ListKey } from "../api/keys";
import type { Conversation } from "../api/types";
import { withNewest, withOlder, type Thread } from "./thread";

const LIST_LIMIT = 30;
const THREAD_LIMIT = 40;

type ListPage = { items: Conversation[]; next_cursor: string | null };
type ListData = { pages: ListPage[]; pageParams: (string | null)[] };

/** listQuery loads a view of the inbox page by page. */
export function listQuery(list: ListKey) {
  return infiniteQueryOptions({
    queryKey: keys.list(list),
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/conversations", {
          params: { query: { view: list.view, sort: list.sort, q: list.q || undefined, cursor: pageParam ?? undefined, limit: LIST_LIMIT } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
  });
}

/** countsQuery loads how many conversations each view holds. */
export const countsQuery = queryOptions({
  queryKey: keys.counts,
  queryFn: ({ signal }) => unwrap(api.GET("/api/v1/conversations/counts", { signal })),
});

/** usersQuery loads the company's people. */
export const usersQuery = queryOptions({
  queryKey: keys.users,
  queryFn: ({ signal }) => unwrap(api.GET("/api/v1/users", { signal })),
});

/** conversationQuery loads one conversation, or takes it from a list while it loads. */
export function conversationQuery(client: QueryClient, id: string) {
  return queryOptions<Conversation, Error, Conversation, ReturnType<typeof keys.conversation>>({
    queryKey: keys.conversation(id),
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/conversations/{id}", { params: { path: { id } }, signal })),
    placeholderData: () => findListed(client, id),
  });
}

/** threadQuery loads the newest messages and keeps the older ones already loaded. */
export function threadQuery(client: QueryClient, id: string) {
  return queryOptions({
    queryKey: keys.thread(id),
    queryFn: async ({ signal }): Promise<Thread> => {
      const page = await unwrap(
        api.GET("/api/v1/conversations/{id}/messages", { params: { path: { id }, query: { limit: THREAD_LIMIT } }, signal }),
      );
      return withNewest(client.getQueryData<Thread>(keys.thread(id)), page);
    },
  });
}

/** loadOlder puts the next older page above the loaded messages. */
export async function loadOlder(client: QueryClient, id: string): Promise<void> {
  const cursor = client.getQueryData<Thread>(keys.thread(id))?.olderCursor;
  if (!cursor) return;
  const page = await unwrap(
    api.GET("/api/v1/conversations/{id}/messages", { params: { path: { id }, query: { cursor, limit: THREAD_LIMIT } } }),
  );
  client.setQueryData<Thread>(keys.thread(id), (thread) =>
    thread && thread.olderCursor === cursor ? withOlder(thread, page) : thread,
  );
}

/** storeConversation puts a conversation the server answered with wherever it is shown. */
export function storeConversation(client: QueryClient, conversation: Conversation): void {
  client.setQueryData(keys.conversation(conversation.id), conversation);
  patchListed(client, conversation.id, () => conversation);
}

/** patchListed changes a conversation in every list that holds it. */
export function patchListed(client: QueryClient, id: string, change: (old: Conversation) => Conversation): void {
  client.setQueriesData<ListData>({ queryKey: keys.lists }, (data) => {
    if (!data?.pages) return data;
    const pages = data.pages.map((page) => ({ ...page, items: page.items.map((item) => (item.id === id ? change(item) : item)) }));
    return { ...data, pages };
  });
}

function findListed(client: QueryClient, id: string): Conversation | undefined {
  for (const [, data] of client.getQueriesData<ListData>({ queryKey: keys.lists })) {
    const found = data?.pages?.flatMap((page) => page.items).find((item) => item.id === id);
    if (found) return found;
  }
  return undefined;
}
