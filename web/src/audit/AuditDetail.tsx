import { Code, Stack, Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { AuditEntry } from "../api/types";
import { useZone } from "../session/me";
import { exact } from "../time/format";
import { changes } from "./changes";
import styles from "./audit.module.css";

/** AuditDetail is one entry whole: what each field was and became. */
export function AuditDetail({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation();
  const zone = useZone();
  const changed = changes(entry.before, entry.after);
  const facts: [string, string][] = [
    [t("audit.when"), exact(entry.at, zone)],
    [t("audit.who"), entry.actor.name],
    [t("audit.what"), entry.action],
    [t("audit.target"), `${entry.target.kind} ${entry.target.id}`],
    [t("audit.reason"), entry.reason],
    [t("audit.where"), entry.address],
    [t("audit.request"), entry.request_id],
    [t("audit.number"), String(entry.seq)],
  ];
  return (
    <Stack gap="md">
      <dl className={styles.facts}>
        {facts
          .filter(([, value]) => value !== "")
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      {changed.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t("audit.noChange")}
        </Text>
      ) : (
        <Table layout="fixed">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("audit.field")}</Table.Th>
              <Table.Th>{t("audit.before")}</Table.Th>
              <Table.Th>{t("audit.after")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {changed.map((change) => (
              <Table.Tr key={change.field}>
                <Table.Td>{change.field}</Table.Td>
                <Table.Td>{change.before !== null && <Code className={styles.value}>{change.before}</Code>}</Table.Td>
                <Table.Td>{change.after !== null && <Code className={styles.value}>{change.after}</Code>}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Stack>
  );
}
