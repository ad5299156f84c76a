import { Anchor, Card, Group, Text, Title } from "@mantine/core";
import { IconApi, IconHeartbeat } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { Chip } from "../ui/Chip";
import styles from "./platform.module.css";

/** PlatformPage is the operator's first page: whether the server is well, and its interface. */
export function PlatformPage() {
  const { t } = useTranslation();
  return (
    <main className={styles.page}>
      <Title order={1} size="h3">
        {t("platform.title")}
      </Title>
      <Text c="dimmed" mb="lg" maw={620}>
        {t("platform.lead")}
      </Text>
      <div className={styles.cards}>
        <Health />
        <Card withBorder padding="lg">
          <Group gap="xs" mb="xs">
            <IconApi size={20} aria-hidden />
            <Title order={2} size="h5">
              {t("platform.api")}
            </Title>
          </Group>
          <Text size="sm" c="dimmed" mb="sm">
            {t("platform.apiText")}
          </Text>
          <Anchor href="/api/docs" size="sm">
            {t("platform.docs")}
          </Anchor>
        </Card>
      </div>
    </main>
  );
}

const EVERY_MS = 10_000;

function Health() {
  const { t } = useTranslation();
  const { data: ready, isPending } = useQuery({
    queryKey: ["readyz"],
    queryFn: async () => (await fetch("/readyz", { cache: "no-store" })).ok,
    refetchInterval: EVERY_MS,
    retry: false,
  });
  return (
    <Card withBorder padding="lg">
      <Group gap="xs" mb="xs">
        <IconHeartbeat size={20} aria-hidden />
        <Title order={2} size="h5">
          {t("platform.health")}
        </Title>
      </Group>
      <Text size="sm" c="dimmed" mb="sm">
        {t("platform.healthText")}
      </Text>
      {!isPending && <Chip tone={ready ? "green" : "red"}>{t(ready ? "platform.ready" : "platform.notReady")}</Chip>}
    </Card>
  );
}
