import { Drawer, Skeleton } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { ApiError } from "../api/problem";
import type { Conversation } from "../api/types";
import { Failed } from "../ui/Notice";
import { useMarkRead } from "./actions";
import { BotStrip } from "./BotStrip";
import { Composer } from "./Composer";
import { ContextPanel } from "./ContextPanel";
import { MessageList } from "./MessageList";
import { conversationQuery } from "./queries";
import styles from "./thread.module.css";
import { ThreadHeader } from "./ThreadHeader";
import { useDocumentVisible } from "./useDocumentVisible";

const route = getRouteApi("/signed-in/inbox/$conversationId");

/** ConversationPane is one conversation: its messages, the composer, and what is known about the customer. */
export function ConversationPane() {
  const { conversationId } = route.useParams();
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(conversationQuery(client, conversationId));
  if (error instanceof ApiError && error.status === 404) return <Failed error={error} onRetry={() => void refetch()} />;
  if (data) return <Pane key={data.id} conversation={data} />;
  if (error) return <Failed error={error} onRetry={() => void refetch()} />;
  return <PaneSkeleton />;
}

function Pane({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const wide = useMediaQuery("(min-width: 1360px)", undefined, { getInitialValueInEffect: false });
  const narrow = useMediaQuery("(max-width: 767px)", undefined, { getInitialValueInEffect: false });
  const [drawer, show] = useDisclosure(false);
  const [beside, pane] = useDisclosure(true);
  useReading(conversation);

  return (
    <div className={styles.pane} data-testid="thread">
      <section className={styles.column} aria-label={conversation.contact.name}>
        <ThreadHeader conversation={conversation} onContext={wide ? pane.toggle : show.open} />
        <MessageList conversation={conversation} />
        <BotStrip conversation={conversation} />
        <Composer conversation={conversation} />
      </section>
      {wide && beside && (
        <aside className={styles.context} aria-label={t("context.title")}>
          <ContextPanel conversation={conversation} />
        </aside>
      )}
      <Drawer
        opened={drawer && !wide}
        onClose={show.close}
        position="right"
        size={narrow ? "100%" : 360}
        title={t("context.title")}
        closeButtonProps={{ "aria-label": t("close") }}
      >
        <ContextPanel conversation={conversation} />
      </Drawer>
    </div>
  );
}

/** useReading marks a conversation as read while the person looks at it. */
function useReading({ id, unread }: Conversation) {
  const { mutate } = useMarkRead();
  const visible = useDocumentVisible();
  useEffect(() => {
    if (unread > 0 && visible) mutate(id);
  }, [id, unread, visible, mutate]);
}

function PaneSkeleton() {
  const { t } = useTranslation();
  return (
    <div className={styles.column} aria-busy role="status" aria-label={t("loading")}>
      <div className={styles.header}>
        <Skeleton circle height={36} />
        <Skeleton height={14} width={160} />
      </div>
    </div>
  );
}
