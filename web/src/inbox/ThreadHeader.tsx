import { ActionIcon, Tooltip } from "@mantine/core";
import { IconArrowLeft, IconLayoutSidebarRight } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import type { Conversation } from "../api/types";
import { Face } from "../ui/Face";
import { AssignMenu } from "./AssignMenu";
import { BotChip } from "./BotChip";
import { CompleteMenu } from "./CompleteMenu";
import { LanguageChip } from "./LanguageChip";
import styles from "./thread.module.css";

/** ThreadHeader says whose conversation this is and holds what can be done with it. */
export function ThreadHeader({ conversation, onContext }: { conversation: Conversation; onContext: () => void }) {
  const { t } = useTranslation();
  const { contact, channel, integration } = conversation;
  return (
    <header className={styles.header}>
      <ActionIcon
        component={Link}
        to="/inbox"
        search={true}
        variant="subtle"
        color="gray"
        size="lg"
        className={styles.back}
        aria-label={t("thread.back")}
      >
        <IconArrowLeft size={20} />
      </ActionIcon>
      <Face name={contact.name} channel={channel} size={36} />
      <div className={styles.headerText}>
        <h1>{contact.name}</h1>
        <p>{integration.name}</p>
      </div>
      <span className={styles.headerChips}>
        <LanguageChip language={conversation.language} mixed={conversation.mixed} />
        <BotChip conversation={conversation} />
      </span>
      <AssignMenu conversation={conversation} />
      <CompleteMenu conversation={conversation} />
      <Tooltip label={t("context.title")}>
        <ActionIcon variant="subtle" color="gray" size="lg" onClick={onContext} aria-label={t("context.title")}>
          <IconLayoutSidebarRight size={20} />
        </ActionIcon>
      </Tooltip>
    </header>
  );
}
