import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { api, unwrap } from "../api/client";
import { keys } from "../api/keys";
import type { Conversation, Outcome } from "../api/types";
import { explain } from "../ui/Notice";
import { patchListed, storeConversation } from "./queries";
import { undoToast } from "./undoToast";

/** Change is what a person can do with a conversation as a whole. */
export type Change =
  | { kind: "takeover" }
  | { kind: "resume" }
  | { kind: "reopen" }
  | { kind: "assign"; userId: string | null }
  | { kind: "complete"; outcome: Outcome };

/** useChange carries out a change and puts the server's answer on the screen. */
export function useChange(id: string) {
  const client = useQueryClient();
  const { t } = useTranslation();
  return useMutation({
    mutationFn: (change: Change) => send(id, change),
    onSuccess: (conversation) => {
      storeConversation(client, conversation);
      void client.invalidateQueries({ queryKey: keys.thread(id) });
      void client.invalidateQueries({ queryKey: keys.lists });
      void client.invalidateQueries({ queryKey: keys.counts });
    },
    onError: (error) => notifications.show({ color: "red", title: t("error.title"), message: explain(error, t) }),
  });
}

/** useComplete completes a conversation and offers to undo it. */
export function useComplete(id: string) {
  const change = useChange(id);
  const { t } = useTranslation();
  return (outcome: Outcome, name: string) =>
    change.mutate(
      { kind: "complete", outcome },
      { onSuccess: () => undoToast(t("complete.done", { name }), t("undo"), () => change.mutate({ kind: "reopen" })) },
    );
}

/** useMarkRead tells the server that the person has seen the conversation. */
export function useMarkRead() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(api.POST("/api/v1/conversations/{id}/read", { params: { path: { id } } })),
    onSuccess: (_nothing, id) => {
      const seen = (old: Conversation): Conversation => ({ ...old, unread: 0 });
      client.setQueryData<Conversation>(keys.conversation(id), (old) => old && seen(old));
      patchListed(client, id, seen);
    },
  });
}

function send(id: string, change: Change): Promise<Conversation> {
  const params = { path: { id } };
  switch (change.kind) {
    case "takeover":
      return unwrap(api.POST("/api/v1/conversations/{id}/takeover", { params }));
    case "resume":
      return unwrap(api.POST("/api/v1/conversations/{id}/resume", { params }));
    case "reopen":
      return unwrap(api.POST("/api/v1/conversations/{id}/reopen", { params }));
    case "assign":
      return unwrap(api.POST("/api/v1/conversations/{id}/assign", { params, body: { user_id: change.userId } }));
    case "complete":
      return unwrap(api.POST("/api/v1/conversations/{id}/complete", { params, body: { outcome: change.outcome } }));
  }
}
