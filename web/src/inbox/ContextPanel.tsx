import { ActionIcon, CopyButton, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Conversation } from "../api/types";
import { useZone } from "../session/me";
import { exact } from "../time/format";
import { Face } from "../ui/Face";
import { BotChip } from "./BotChip";
import styles from "./context.module.css";
import { LanguageChip } from "./LanguageChip";
import { threadQuery } from "./queries";
import { tally } from "./tally";

/** ContextPanel is what is known about the customer and the conversation. */
export function ContextPanel({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const zone = useZone();
  const { contact } = conversation;
  return (
    <div className={styles.panel}>
      <div className={styles.who}>
        <Face name={contact.name} channel={conversation.channel} size={56} />
        <h2>{contact.name}</h2>
        <span className={styles.chips}>
          <LanguageChip language={conversation.language} mixed={conversation.mixed} />
          <BotChip conversation={conversation} />
        </span>
      </div>
      <Section title={t("context.contact")}>
        <Fact name={t("context.phone")}>{contact.phone ? <Phone number={`+${contact.phone}`} /> : t("context.none")}</Fact>
        <Fact name={t("context.channel")}>{t(`channel.${conversation.channel}`)}</Fact>
        <Fact name={t("context.firstSeen")}>{exact(contact.first_seen_at, zone)}</Fact>
      </Section>
      <Section title={t("context.conversation")}>
        <Fact name={t("context.status")}>{t(`status.${conversation.status}`)}</Fact>
        <Fact name={t("context.assignee")}>{conversation.assignee?.name ?? t("assign.nobody")}</Fact>
        <Fact name={t("context.started")}>{exact(conversation.created_at, zone)}</Fact>
        <Fact name={t("context.account")}>{conversation.integration.name}</Fact>
      </Section>
      <Answered conversation={conversation} />
    </div>
  );
}

/** Answered tells who wrote the loaded messages, and how the bot came to its own. */
function Answered({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { data } = useQuery(threadQuery(client, conversation.id));
  if (!data) return null;
  const counted = tally(data.messages);
  return (
    <Section title={t("context.answered")}>
      <Fact name={t("provenance.by.template")}>{counted.template}</Fact>
      <Fact name={t("provenance.by.claude")}>
        {counted.claude}
        {counted.simulated && ` (${t("claude.simulatedShort")})`}
      </Fact>
      {counted.fixed > 0 && <Fact name={t("provenance.by.fixed")}>{counted.fixed}</Fact>}
      <Fact name={t("context.byPeople")}>{counted.people}</Fact>
      {data.olderCursor && <p className={styles.note}>{t("context.loadedOnly")}</p>}
    </Section>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.section}>
      <h3>{title}</h3>
      <dl>{children}</dl>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Phone({ number }: { number: string }) {
  const { t } = useTranslation();
  return (
    <span className={styles.phone}>
      {number}
      <CopyButton value={number}>
        {({ copied, copy }) => (
          <Tooltip label={t(copied ? "context.copied" : "context.copy")}>
            <ActionIcon size="sm" variant="subtle" color="gray" onClick={copy} aria-label={t("context.copy")}>
              {copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </span>
  );
}
