import { Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { useMe } from "../session/me";
import { AuditLog } from "./AuditLog";
import styles from "./audit.module.css";

/** AuditSection is the company's log among its settings. */
export function AuditSection() {
  const { t } = useTranslation();
  return (
    <>
      <Title order={1} size="h3">
        {t("audit.title")}
      </Title>
      <Text c="dimmed" mb="md" maw={680}>
        {t(useMe().role === "super_admin" ? "audit.platformLead" : "audit.lead")}
      </Text>
      <AuditLog />
    </>
  );
}

/** AuditPage is the platform's own log. */
export function AuditPage() {
  return (
    <main className={styles.page}>
      <AuditSection />
    </main>
  );
}
