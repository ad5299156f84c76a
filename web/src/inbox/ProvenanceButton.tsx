import { Drawer, UnstyledButton } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { IconSparkles } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { Provenance } from "../api/types";
import { ProvenanceSteps } from "./ProvenanceSteps";
import styles from "./provenance.module.css";

/** ProvenanceButton names what wrote a reply and opens how it came about. */
export function ProvenanceButton({ reply }: { reply: Provenance }) {
  const { t } = useTranslation();
  const [opened, drawer] = useDisclosure(false);
  const narrow = useMediaQuery("(max-width: 767px)", undefined, { getInitialValueInEffect: false });
  return (
    <>
      <UnstyledButton className={styles.open} onClick={drawer.open} title={t("provenance.open")} data-testid="provenance">
        <IconSparkles size={13} aria-hidden />
        {useSource(reply)}
      </UnstyledButton>
      <Drawer
        opened={opened}
        onClose={drawer.close}
        position="right"
        size={narrow ? "100%" : 420}
        title={t("provenance.title")}
        closeButtonProps={{ "aria-label": t("close") }}
      >
        <ProvenanceSteps reply={reply} />
      </Drawer>
    </>
  );
}

/** useSource is the short name of what wrote a reply. */
function useSource(reply: Provenance): string {
  const { t } = useTranslation();
  if (reply.source === "template") return reply.template?.name ?? t("provenance.template");
  if (reply.source === "fixed" || reply.source === "none") return t("provenance.fixed");
  return reply.simulated ? t("claude.simulated") : t("claude.name");
}
