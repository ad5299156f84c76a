import { ActionIcon, CloseButton, Menu, Skeleton, TextInput, Tooltip } from "@mantine/core";
import { useDebouncedCallback, useHotkeys } from "@mantine/hooks";
import { IconArrowsSort, IconCheck, IconSearch } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Virtuoso } from "react-virtuoso";

import type { ListKey } from "../api/keys";
import type { Conversation, Sort } from "../api/types";
import { Empty, Failed } from "../ui/Notice";
import { ConversationCard } from "./ConversationCard";
import styles from "./inbox.module.css";
import { listQuery } from "./queries";
import { useInboxSearch } from "./useInboxSearch";

const sorts: Sort[] = ["waiting", "recent"];

/** ConversationList shows the conversations of a view, however many there are. */
export function ConversationList({ chosen }: { chosen: string | null }) {
  const { t } = useTranslation();
  const list = useInboxSearch();
  const query = useInfiniteQuery(listQuery(list));
  const conversations = query.data?.pages.flatMap((page) => page.items) ?? [];
  useNeighbours(conversations, chosen);

  return (
    <section className={styles.list} aria-label={t(`view.${list.view}`)}>
      <ListHeader key={list.view} list={list} />
      <div className={styles.cards}>
        {query.isPending && <CardSkeletons />}
        {query.isError && conversations.length === 0 && <Failed error={query.error} onRetry={() => void query.refetch()} />}
        {query.isSuccess && conversations.length === 0 && <NoConversations list={list} />}
        {conversations.length > 0 && (
          <Virtuoso
            data={conversations}
            computeItemKey={(_index, conversation) => conversation.id}
            endReached={() => query.hasNextPage && !query.isFetchingNextPage && void query.fetchNextPage()}
            itemContent={(_index, conversation) => (
              <ConversationCard conversation={conversation} chosen={conversation.id === chosen} />
            )}
          />
        )}
      </div>
    </section>
  );
}

function ListHeader({ list }: { list: ListKey }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [typed, setTyped] = useState(list.q);
  const search = useDebouncedCallback((q: string) => {
    void navigate({ to: ".", search: (old) => ({ ...old, q: q.trim() || undefined }), replace: true });
  }, 250);

  function type(text: string) {
    setTyped(text);
    search(text);
  }

  return (
    <header className={styles.listHeader}>
      <div className={styles.listTitle}>
        <h1>{t(`view.${list.view}`)}</h1>
        <SortMenu sort={list.sort} />
      </div>
      <TextInput
        aria-label={t("list.search")}
        placeholder={t("list.search")}
        size="sm"
        leftSection={<IconSearch size={16} aria-hidden />}
        rightSection={typed && <CloseButton size="sm" aria-label={t("list.clear")} onClick={() => type("")} />}
        value={typed}
        onChange={(event) => type(event.currentTarget.value)}
        data-testid="list-search"
      />
    </header>
  );
}

function SortMenu({ sort }: { sort: Sort }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <Tooltip label={t(`sort.${sort}`)}>
          <ActionIcon variant="subtle" color="gray" aria-label={t("sort.label", { sort: t(`sort.${sort}`) })}>
            <IconArrowsSort size={18} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {sorts.map((each) => (
          <Menu.Item
            key={each}
            leftSection={<IconCheck size={16} visibility={each === sort ? "visible" : "hidden"} />}
            onClick={() => void navigate({ to: ".", search: (old) => ({ ...old, sort: each }) })}
          >
            {t(`sort.${each}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function NoConversations({ list }: { list: ListKey }) {
  const { t } = useTranslation();
  if (list.q) return <Empty title={t("list.noneFound")} text={t("list.noneFoundText", { q: list.q })} />;
  return <Empty title={t(`empty.${list.view}`)} text={t(`empty.${list.view}Text`)} />;
}

function CardSkeletons() {
  const { t } = useTranslation();
  return (
    <div aria-busy aria-label={t("loading")} role="status">
      {Array.from({ length: 7 }, (_, index) => (
        <div key={index} className={styles.cardSkeleton}>
          <Skeleton circle height={40} />
          <div>
            <Skeleton height={12} width="50%" />
            <Skeleton height={10} width="85%" mt={10} />
            <Skeleton height={16} width="35%" mt={10} />
          </div>
        </div>
      ))}
    </div>
  );
}

/** useNeighbours lets Alt+J and Alt+K open the next and the previous conversation. */
function useNeighbours(conversations: Conversation[], chosen: string | null) {
  const navigate = useNavigate();
  function step(by: 1 | -1) {
    const at = conversations.findIndex((conversation) => conversation.id === chosen);
    const next = at < 0 ? conversations[0] : conversations[at + by];
    if (next) void navigate({ to: "/inbox/$conversationId", params: { conversationId: next.id }, search: true });
  }
  useHotkeys(
    [
      ["alt+J", () => step(1), { usePhysicalKeys: true }],
      ["alt+K", () => step(-1), { usePhysicalKeys: true }],
    ],
    [],
  );
}
