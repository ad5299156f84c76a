import { useTranslation } from "react-i18next";

import type { Message } from "../api/types";
import { useZone } from "../session/me";
import { clock, exact } from "../time/format";
import { useReason } from "./reason";
import styles from "./thread.module.css";

/** EventLine is a small centred line about what happened to the conversation. */
export function EventLine({ message }: { message: Message }) {
  const { t } = useTranslation();
  const zone = useZone();
  const reasonOf = useReason();
  const { event } = message;
  const why = event?.reason && event.kind !== "assigned" ? reasonOf(event.reason) : null;
  return (
    <div className={styles.event} data-testid={`event-${event?.kind ?? "other"}`}>
      <span>{event ? sentence(message, event, t) : message.text}</span>
      {why && <span> — {why}</span>}
      <time dateTime={message.at} title={exact(message.at, zone)}>
        {clock(message.at, zone)}
      </time>
    </div>
  );
}

/** sentence says what happened; for an assignment the reason is the new assignee's name. */
function sentence(message: Message, event: NonNullable<Message["event"]>, t: ReturnType<typeof useTranslation>["t"]): string {
  const name = message.author_name ?? t("event.somebody");
  if (event.kind !== "assigned") return t(`event.${event.kind}`, { name });
  return event.reason ? t("event.assigned", { name, to: event.reason }) : t("event.unassigned", { name });
}
