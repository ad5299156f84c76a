import { IconArrowBackUp, IconClockHour4, IconSparkles } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import type { Conversation } from "../api/types";
import { useZone } from "../session/me";
import { ago, exact, urgency } from "../time/format";
import { useNow } from "../time/useNow";
import { Chip, type Tone } from "../ui/Chip";
import { Face } from "../ui/Face";
import { BotChip } from "./BotChip";
import styles from "./inbox.module.css";
import { LanguageChip } from "./LanguageChip";

const tones: Record<ReturnType<typeof urgency>, Tone> = { calm: "grey", late: "amber", overdue: "red" };

/** ConversationCard is one line of the list: who, what last, and what it needs. */
export function ConversationCard({ conversation, chosen }: { conversation: Conversation; chosen: boolean }) {
  const now = useNow();
  const zone = useZone();
  const { t } = useTranslation();
  const { contact, last_message: last, unread } = conversation;
  return (
    <Link
      to="/inbox/$conversationId"
      params={{ conversationId: conversation.id }}
      search={true}
      className={styles.card}
      data-chosen={chosen || undefined}
      data-unread={unread > 0 || undefined}
      aria-current={chosen ? "true" : undefined}
      data-testid="conversation-card"
    >
      <Face name={contact.name} channel={conversation.channel} />
      <div className={styles.cardBody}>
        <div className={styles.cardTop}>
          <span className={styles.cardName}>{contact.name}</span>
          {last && (
            <time className={styles.cardTime} dateTime={last.at} title={exact(last.at, zone)}>
              {ago(last.at, now, zone, t)}
            </time>
          )}
        </div>
        <div className={styles.cardTop}>
          <span className={styles.preview}>
            {last && <Author author={last.author} />}
            {last?.text}
          </span>
          {unread > 0 && (
            <span className={styles.unread} aria-label={t("card.unread", { count: unread })} role="img">
              {unread}
            </span>
          )}
        </div>
        <div className={styles.chips}>
          <LanguageChip language={conversation.language} mixed={conversation.mixed} />
          <BotChip conversation={conversation} />
          {conversation.waiting_since && conversation.status !== "resolved" && (
            <Waiting since={conversation.waiting_since} now={now} />
          )}
        </div>
      </div>
    </Link>
  );
}

function Waiting({ since, now }: { since: string; now: number }) {
  const zone = useZone();
  const { t } = useTranslation();
  return (
    <span className={styles.waiting} title={t("card.waitingSince", { time: exact(since, zone) })}>
      <Chip tone={tones[urgency(since, now)]} icon={<IconClockHour4 size={12} role="img" aria-label={t("card.waiting")} />}>
        {ago(since, now, zone, t)}
      </Chip>
    </span>
  );
}

function Author({ author }: { author: NonNullable<Conversation["last_message"]>["author"] }) {
  const { t } = useTranslation();
  if (author === "contact" || author === "system") return null;
  const Arrow = author === "bot" ? IconSparkles : IconArrowBackUp;
  return (
    <span className={styles.author}>
      <Arrow size={13} stroke={2} role="img" aria-label={t(`author.${author}`)} />
    </span>
  );
}
