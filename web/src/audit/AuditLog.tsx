import { Button, Drawer, Group, Select, Text, TextInput, Tooltip } from "@mantine/core";
import { IconDownload, IconShieldCheck } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { TableVirtuoso } from "react-virtuoso";

import { api, unwrap } from "../api/client";
import type { AuditEntry } from "../api/types";
import { useZone } from "../session/me";
import { exact } from "../time/format";
import { Chip } from "../ui/Chip";
import { Empty, explain, Failed } from "../ui/Notice";
import { SkeletonRows } from "../ui/SkeletonRows";
import styles from "./audit.module.css";
import { AuditDetail } from "./AuditDetail";
import { auditQuery } from "./queries";
import { csvAddress, type AuditSearch } from "./search";

const areas = ["user", "session", "company", "invitation", "team", "product", "import", "template", "integration", "api_key", "platform", "onboarding"] as const;

/** AuditLog is who did what, newest first; of one company for the operator, of one's own without an id. */
export function AuditLog({ companyId }: { companyId?: string }) {
  const { t } = useTranslation();
  const [search, setSearch] = useState<AuditSearch>({});
  const [shown, show] = useState<AuditEntry | null>(null);
  const change = (part: AuditSearch) => setSearch((before) => ({ ...before, ...part }));

  return (
    <section className={styles.log}>
      <Group gap="sm" align="flex-end" mb="md">
        <Select
          label={t("audit.area")}
          placeholder={t("audit.everything")}
          data={areas.map((area) => ({ value: area, label: t(`audit.areas.${area}`) }))}
          value={search.area ?? null}
          onChange={(area) => change({ area: area ?? undefined })}
          clearable
          w={190}
        />
        <TextInput label={t("audit.from")} type="date" value={search.from ?? ""} onChange={(event) => change({ from: event.currentTarget.value || undefined })} />
        <TextInput label={t("audit.until")} type="date" value={search.until ?? ""} onChange={(event) => change({ until: event.currentTarget.value || undefined })} />
        {!companyId && (
          <>
            <Button component="a" href={csvAddress(search)} download variant="default" leftSection={<IconDownload size={16} />}>
              {t("audit.csv")}
            </Button>
            <Check />
          </>
        )}
      </Group>
      <Entries search={search} companyId={companyId} onShow={show} />
      <Drawer opened={shown !== null} onClose={() => show(null)} title={t("audit.detail")} position="right" size="lg">
        {shown && <AuditDetail entry={shown} />}
      </Drawer>
    </section>
  );
}

function Entries({ search, companyId, onShow }: { search: AuditSearch; companyId?: string; onShow: (entry: AuditEntry) => void }) {
  const { t } = useTranslation();
  const query = useInfiniteQuery(auditQuery(search, companyId));
  const entries = query.data?.pages.flatMap((page) => page.items) ?? [];
  if (query.isPending) return <SkeletonRows count={8} />;
  if (query.isError) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  if (entries.length === 0) return <Empty title={t("audit.none")} text={t("audit.noneText")} />;
  return (
    <TableVirtuoso
      className={styles.table}
      data={entries}
      endReached={() => query.hasNextPage && !query.isFetchingNextPage && void query.fetchNextPage()}
      fixedHeaderContent={() => (
        <tr>
          <th scope="col">{t("audit.when")}</th>
          <th scope="col">{t("audit.who")}</th>
          <th scope="col">{t("audit.what")}</th>
          <th scope="col">{t("audit.where")}</th>
        </tr>
      )}
      itemContent={(_index, entry) => <Cells entry={entry} onShow={onShow} />}
    />
  );
}

function Cells({ entry, onShow }: { entry: AuditEntry; onShow: (entry: AuditEntry) => void }) {
  const { t } = useTranslation();
  const zone = useZone();
  return (
    <>
      <td className={styles.when}>{exact(entry.at, zone)}</td>
      <td>
        {entry.actor.name}
        {entry.actor.kind !== "user" && <Chip tone="grey">{t(`audit.kind.${entry.actor.kind}`)}</Chip>}
      </td>
      <td>
        <button type="button" className={styles.what} onClick={() => onShow(entry)}>
          {entry.action}
        </button>
        {entry.reason && (
          <Text size="xs" c="dimmed">
            {entry.reason}
          </Text>
        )}
      </td>
      <td className={styles.when}>{entry.address}</td>
    </>
  );
}

function Check() {
  const { t } = useTranslation();
  const check = useMutation({ mutationFn: () => unwrap(api.GET("/api/v1/audit/verify")) });
  return (
    <>
      <Tooltip label={t("audit.verifyHint")} multiline w={260}>
        <Button variant="default" leftSection={<IconShieldCheck size={16} />} loading={check.isPending} onClick={() => check.mutate()}>
          {t("audit.verify")}
        </Button>
      </Tooltip>
      <Text size="sm" role="status" c={check.isError || check.data?.holds === false ? "var(--red)" : "var(--green)"}>
        {check.isError && explain(check.error, t)}
        {check.data && t(check.data.holds ? "audit.holds" : "audit.broken", { count: check.data.entries, seq: check.data.broken })}
      </Text>
    </>
  );
}
