import { useMutation, useMutationState, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "../api/client";
import { keys } from "../api/keys";
import { worthRetrying } from "../api/problem";
import { withMessage, type Outgoing, type Thread } from "./thread";

type Send = { key: string; text: string };

const TRIES = 3;

/**
 * useSend sends texts of a conversation one after another. Every try of one
 * text carries the same key, so that the server stores it once.
 */
export function useSend(id: string) {
  const client = useQueryClient();
  const mutation = useMutation({
    mutationKey: keys.send(id),
    scope: { id: `send-${id}` },
    gcTime: Infinity,
    retry: (failures, error) => failures < TRIES && worthRetrying(error),
    mutationFn: ({ key, text }: Send) =>
      unwrap(
        api.POST("/api/v1/conversations/{id}/messages", {
          params: { path: { id }, header: { "Idempotency-Key": key } },
          body: { text },
        }),
      ),
    onSuccess: (message) => {
      client.setQueryData<Thread>(keys.thread(id), (thread) => thread && withMessage(thread, message));
      void client.invalidateQueries({ queryKey: keys.conversation(id) });
      void client.invalidateQueries({ queryKey: keys.lists });
    },
  });

  function forget(key: string) {
    const cache = client.getMutationCache();
    for (const old of cache.findAll({ mutationKey: keys.send(id), status: "error" })) {
      if ((old.state.variables as Send).key === key) cache.remove(old);
    }
  }

  return {
    send: (text: string) => mutation.mutate({ key: crypto.randomUUID(), text }),
    retry: ({ key, text }: Outgoing) => {
      forget(key);
      mutation.mutate({ key, text });
    },
    discard: ({ key }: Outgoing) => forget(key),
  };
}

/** useOutgoing is what was sent here and is not yet confirmed. */
export function useOutgoing(id: string): Outgoing[] {
  return useMutationState({
    filters: { mutationKey: keys.send(id), predicate: ({ state }) => state.status === "pending" || state.status === "error" },
    select: ({ state }) => {
      const { key, text } = state.variables as Send;
      return { key, text, submittedAt: state.submittedAt, failed: state.status === "error" };
    },
  });
}
