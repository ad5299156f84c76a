import { Button, Code, SegmentedControl, Table, Text, Title } from "@mantine/core";
import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { api, unwrap } from "../api/client";
import { keys } from "../api/keys";
import type { Delivery, DeliveryState } from "../api/types";
import { useReason } from "../inbox/reason";
import { useMe, useZone } from "../session/me";
import { exact } from "../time/format";
import { Chip, type Tone } from "../ui/Chip";
import { Empty, Failed } from "../ui/Notice";
import { SkeletonRows } from "../ui/SkeletonRows";
import styles from "./deliveries.module.css";

const route = getRouteApi("/signed-in/deliveries");
const states: DeliveryState[] = ["poison", "pending", "done"];
const PAGE = 50;
const tones: Record<string, Tone> = { poison: "red", pending: "amber", done: "green" };

function deliveriesQuery(state: DeliveryState) {
  return infiniteQueryOptions({
    queryKey: keys.deliveries(state),
    queryFn: ({ pageParam, signal }) =>
      unwrap(api.GET("/api/v1/deliveries", { params: { query: { state, cursor: pageParam ?? undefined, limit: PAGE } }, signal })),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
  });
}

/** DeliveriesPage shows what vendors delivered and what became of it, first of all what could not be read. */
export function DeliveriesPage() {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const { state = "poison" } = route.useSearch();
  if (me.role !== "company_admin") return <Empty title={t("deliveries.forbidden")} text={t("deliveries.forbiddenText")} />;

  return (
    <main className={styles.page}>
      <Title order={1} size="h3">
        {t("deliveries.title")}
      </Title>
      <Text c="dimmed" mb="md" maw={680}>
        {t("deliveries.lead")}
      </Text>
      <SegmentedControl
        aria-label={t("deliveries.state")}
        value={state}
        onChange={(chosen) => void navigate({ to: "/deliveries", search: { state: chosen as DeliveryState } })}
        data={states.map((each) => ({ value: each, label: t(`deliveries.${each}`) }))}
      />
      <DeliveryTable state={state} />
    </main>
  );
}

function DeliveryTable({ state }: { state: DeliveryState }) {
  const { t } = useTranslation();
  const query = useInfiniteQuery(deliveriesQuery(state));
  const deliveries = query.data?.pages.flatMap((page) => page.items) ?? [];
  if (query.isPending) return <SkeletonRows count={5} mx="md" className={styles.card} />;
  if (query.isError) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  if (deliveries.length === 0) return <Empty title={t(`deliveries.${state}None`)} text={t(`deliveries.${state}NoneText`)} />;

  return (
    <div className={styles.card}>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={t("deliveries.title")}>
        <Table verticalSpacing="sm" horizontalSpacing="md" miw={820}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("deliveries.received")}</Table.Th>
              <Table.Th>{t("deliveries.account")}</Table.Th>
              <Table.Th>{t("deliveries.state")}</Table.Th>
              <Table.Th>{t("deliveries.reason")}</Table.Th>
              <Table.Th>{t("deliveries.body")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {deliveries.map((delivery) => (
              <DeliveryRow key={delivery.id} delivery={delivery} />
            ))}
          </Table.Tbody>
        </Table>
      </div>
      {query.hasNextPage && (
        <Button m="md" variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t("deliveries.more")}
        </Button>
      )}
    </div>
  );
}

function DeliveryRow({ delivery }: { delivery: Delivery }) {
  const { t, i18n } = useTranslation();
  const zone = useZone();
  const reasonOf = useReason();
  const known = states.find((each) => each === delivery.state);
  const size = new Intl.NumberFormat(i18n.language).format(delivery.size);
  return (
    <Table.Tr>
      <Table.Td className={styles.when}>{exact(delivery.received_at, zone)}</Table.Td>
      <Table.Td>{delivery.integration.name}</Table.Td>
      <Table.Td>
        <Chip tone={tones[delivery.state]}>{known ? t(`deliveries.${known}`) : delivery.state}</Chip>
      </Table.Td>
      <Table.Td className={styles.reason}>{delivery.reason ? reasonOf(delivery.reason) : t("context.none")}</Table.Td>
      <Table.Td>
        <Code block className={styles.body}>
          {delivery.body_preview}
        </Code>
        <Text size="xs" c="dimmed" mt={2}>
          {t("deliveries.size", { size })}
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}
