import { useTranslation } from "react-i18next";

import type { Conversation, Message } from "../api/types";
import { useZone } from "../session/me";
import { clock, exact } from "../time/format";
import { BotFace, Face, PhoneFace } from "../ui/Face";
import { MessageState } from "./MessageState";
import { ProvenanceButton } from "./ProvenanceButton";
import type { Place } from "./thread";
import styles from "./thread.module.css";

type Props = { message: Message; place: Place; conversation: Conversation };

/** Bubble is one message: the customer's at the left, the bot's and the agents' at the right. */
export function Bubble({ message, place, conversation }: Props) {
  const { t } = useTranslation();
  const zone = useZone();
  const side = message.direction === "in" ? "in" : "out";
  return (
    <article
      className={styles.row}
      data-side={side}
      data-starts={place.startsGroup || undefined}
      data-named={place.startsGroup || undefined}
      data-testid={`message-${message.author}`}
      aria-label={t(`author.${message.author}`)}
    >
      <span className={styles.face}>{place.startsGroup && <AuthorFace message={message} conversation={conversation} />}</span>
      <div className={styles.stack}>
        {place.startsGroup && side === "out" && <AuthorName message={message} />}
        <div className={styles.bubble} data-author={message.author} data-failed={message.state === "failed" || undefined}>
          {message.content !== "text" && <em className={styles.content}>{t("thread.attachment", { kind: message.content })}</em>}
          <p lang={htmlLanguage(message.reply?.language)}>{message.text}</p>
        </div>
        <div className={styles.meta}>
          {message.reply && <ProvenanceButton reply={message.reply} />}
          <time dateTime={message.at} title={exact(message.at, zone)}>
            {clock(message.at, zone)}
          </time>
          {side === "out" && <MessageState message={message} conversationId={conversation.id} />}
        </div>
      </div>
    </article>
  );
}

function AuthorName({ message }: { message: Message }) {
  const { t } = useTranslation();
  const name = message.author === "agent" ? message.author_name : null;
  return <span className={styles.name}>{name ?? t(`author.${message.author}`)}</span>;
}

function AuthorFace({ message, conversation }: Omit<Props, "place">) {
  if (message.author === "bot" || message.author === "system") return <BotFace size={28} />;
  if (message.author === "phone") return <PhoneFace size={28} />;
  if (message.author === "contact") return <Face name={conversation.contact.name} size={28} />;
  return <Face name={message.author_name ?? conversation.assignee?.name ?? ""} size={28} />;
}

/** htmlLanguage lets a screen reader pronounce an answer in its own language. */
function htmlLanguage(language: string | null | undefined): string | undefined {
  return language === "zh" ? "zh-Hans" : (language ?? undefined);
}
