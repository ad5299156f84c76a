import { Button, Center, Loader } from "@mantine/core";
import { Link, useRouter } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { Empty, Failed } from "../ui/Notice";

/** PageLoading stands where a page is about to be. */
export function PageLoading() {
  const { t } = useTranslation();
  return (
    <Center h="100%" mih={240}>
      <Loader aria-label={t("loading")} />
    </Center>
  );
}

/** PageFailed stands where a page could not be shown. */
export function PageFailed({ error, reset }: { error: unknown; reset: () => void }) {
  const router = useRouter();
  return (
    <main style={{ height: "100%" }}>
      <Failed
        error={error}
        onRetry={() => {
          reset();
          void router.invalidate();
        }}
      />
    </main>
  );
}

/** PageMissing answers an address that leads nowhere. */
export function PageMissing() {
  const { t } = useTranslation();
  return (
    <main style={{ height: "100%" }}>
      <Empty title={t("missing.title")} text={t("missing.text")}>
        <Button component={Link} to="/" mt="xs" variant="default">
          {t("missing.home")}
        </Button>
      </Empty>
    </main>
  );
}
