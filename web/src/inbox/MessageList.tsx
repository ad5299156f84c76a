import { Loader, Skeleton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Virtuoso } from "react-virtuoso";

import type { Conversation } from "../api/types";
import { useZone } from "../session/me";
import { dayLabel, dayOf } from "../time/format";
import { useNow } from "../time/useNow";
import { Empty, Failed } from "../ui/Notice";
import { Bubble } from "./Bubble";
import { EventLine } from "./EventLine";
import { OutgoingBubble } from "./OutgoingBubble";
import { loadOlder, threadQuery } from "./queries";
import { place, unconfirmed, type Thread } from "./thread";
import styles from "./thread.module.css";
import { useOutgoing } from "./useSend";

const FIRST_INDEX = 1_000_000;

/** MessageList shows the conversation, newest at the bottom, and loads older messages upward. */
export function MessageList({ conversation }: { conversation: Conversation }) {
  const client = useQueryClient();
  const query = useQuery(threadQuery(client, conversation.id));
  const { t } = useTranslation();
  if (query.data) {
    if (query.data.messages.length === 0) return <Empty title={t("thread.empty")} text={t("thread.emptyText")} />;
    return <Messages conversation={conversation} thread={query.data} />;
  }
  if (query.error) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  return <MessageSkeletons />;
}

function Messages({ conversation, thread }: { conversation: Conversation; thread: Thread }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const older = useMutation({ mutationFn: () => loadOlder(client, conversation.id) });
  const waiting = unconfirmed(useOutgoing(conversation.id), thread.messages);
  const rows = [...thread.messages, ...waiting];

  return (
    <div className={styles.messages} role="log" aria-label={t("thread.messages")}>
      <Virtuoso
        data={rows}
        firstItemIndex={FIRST_INDEX - thread.prepended}
        initialTopMostItemIndex={{ index: "LAST", align: "end" }}
        alignToBottom
        followOutput="auto"
        atBottomThreshold={80}
        increaseViewportBy={400}
        startReached={() => thread.olderCursor && !older.isPending && older.mutate()}
        computeItemKey={(_index, row) => ("key" in row ? row.key : row.id)}
        context={{ loading: older.isPending, conversation, thread }}
        components={{ Header: ListTop, Footer: ListBottom }}
        itemContent={(index, row) => {
          if ("key" in row) return <OutgoingBubble conversationId={conversation.id} outgoing={row} />;
          return <Row conversation={conversation} thread={thread} index={index - (FIRST_INDEX - thread.prepended)} />;
        }}
      />
    </div>
  );
}

function Row({ conversation, thread, index }: { conversation: Conversation; thread: Thread; index: number }) {
  const zone = useZone();
  const message = thread.messages[index];
  if (!message) return null;
  const placed = place(thread.messages, index, (at) => dayOf(at, zone.timeZone));
  return (
    <>
      {placed.newDay && <DayLine at={message.at} />}
      {message.direction === "event" ? (
        <EventLine message={message} />
      ) : (
        <Bubble message={message} place={placed} conversation={conversation} />
      )}
    </>
  );
}

function DayLine({ at }: { at: string }) {
  const { t } = useTranslation();
  const zone = useZone();
  const now = useNow();
  return (
    <div className={styles.day}>
      <span>{dayLabel(at, now, zone, t)}</span>
    </div>
  );
}

function ListTop({ context }: { context?: { loading: boolean } }) {
  const { t } = useTranslation();
  return <div className={styles.listTop}>{context?.loading && <Loader size="xs" aria-label={t("loading")} />}</div>;
}

function ListBottom() {
  return <div className={styles.listBottom} />;
}

function MessageSkeletons() {
  const { t } = useTranslation();
  return (
    <div className={styles.messages} aria-busy role="status" aria-label={t("loading")}>
      <div className={styles.skeletons}>
        <Skeleton height={44} width="46%" radius="lg" />
        <Skeleton height={64} width="54%" radius="lg" ml="auto" />
        <Skeleton height={36} width="30%" radius="lg" />
        <Skeleton height={52} width="48%" radius="lg" ml="auto" />
      </div>
    </div>
  );
}
