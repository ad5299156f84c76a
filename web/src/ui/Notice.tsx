import { Button, Stack, Text, Title } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { ApiError } from "../api/problem";

/** Empty says that there is nothing, why, and what to do about it. */
export function Empty({ title, text, children }: { title: string; text?: string; children?: ReactNode }) {
  return (
    <Stack align="center" justify="center" gap={6} p="xl" ta="center" h="100%" mih={160}>
      <Title order={1} size="h5">
        {title}
      </Title>
      {text && (
        <Text size="sm" c="dimmed" maw={320}>
          {text}
        </Text>
      )}
      {children}
    </Stack>
  );
}

/** Failed says what did not work, offers to try again, and gives the number to report. */
export function Failed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation();
  const requestId = error instanceof ApiError ? error.requestId : null;
  return (
    <Stack align="center" justify="center" gap={6} p="xl" ta="center" h="100%" mih={160} role="alert">
      <Title order={2} size="h5">
        {t("error.title")}
      </Title>
      <Text size="sm" c="dimmed" maw={320}>
        {explain(error, t)}
      </Text>
      <Button mt="xs" variant="default" leftSection={<IconRefresh size={16} />} onClick={onRetry}>
        {t("error.retry")}
      </Button>
      {requestId && (
        <Text size="xs" c="dimmed" ff="monospace">
          {t("error.request", { id: requestId })}
        </Text>
      )}
    </Stack>
  );
}

/** explain puts an error into words for the person who sees it. */
export function explain(error: unknown, t: ReturnType<typeof useTranslation>["t"]): string {
  if (!(error instanceof ApiError)) return t("error.offline");
  if (error.status === 403) return t("error.forbidden");
  if (error.status === 404) return t("error.notFound");
  if (error.status === 429) return t("error.throttled", { seconds: error.retryAfterSeconds ?? 60 });
  if (error.status >= 500) return t("error.server");
  return error.detail ?? t("error.refused");
}
