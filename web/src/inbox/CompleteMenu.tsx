import { Button, Menu } from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { IconCalendarEvent, IconCheck, IconChevronDown, IconRotate, IconThumbDown, IconTrophy, type Icon } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { Conversation, Outcome } from "../api/types";
import { useChange, useComplete } from "./actions";
import styles from "./thread.module.css";

const outcomes: { outcome: Outcome; icon: Icon }[] = [
  { outcome: "won", icon: IconTrophy },
  { outcome: "lost", icon: IconThumbDown },
  { outcome: "appointment", icon: IconCalendarEvent },
  { outcome: "none", icon: IconCheck },
];

/** CompleteMenu closes the conversation with what came of it, or opens it again. */
export function CompleteMenu({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const [opened, menu] = useDisclosure(false);
  const change = useChange(conversation.id);
  const complete = useComplete(conversation.id);
  const resolved = conversation.status === "resolved";
  const reopen = () => change.mutate({ kind: "reopen" });
  useHotkeys([["alt+E", () => (resolved ? reopen() : menu.toggle()), { usePhysicalKeys: true }]], []);

  if (resolved) {
    return (
      <Button variant="default" size="xs" leftSection={<IconRotate size={16} />} onClick={reopen} loading={change.isPending}>
        {t("complete.reopen")}
      </Button>
    );
  }
  return (
    <Menu opened={opened} onChange={menu.set} position="bottom-end" shadow="md" width={230}>
      <Menu.Target>
        <Button
          size="xs"
          px={10}
          leftSection={<IconCheck size={16} />}
          rightSection={<IconChevronDown size={14} className={styles.wideOnly} />}
          aria-label={t("complete.action")}
          data-testid="complete"
          classNames={{ label: styles.buttonLabel, section: styles.buttonSection }}
        >
          {t("complete.action")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("complete.question")}</Menu.Label>
        {outcomes.map(({ outcome, icon: OutcomeIcon }) => (
          <Menu.Item
            key={outcome}
            leftSection={<OutcomeIcon size={18} stroke={1.7} />}
            onClick={() => complete(outcome, conversation.contact.name)}
          >
            {t(`complete.${outcome}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
