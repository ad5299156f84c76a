import { UnstyledButton } from "@mantine/core";
import { IconAlertCircle, IconClock } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useMe } from "../session/me";
import { Face } from "../ui/Face";
import type { Outgoing } from "./thread";
import styles from "./thread.module.css";
import { useSend } from "./useSend";

/** OutgoingBubble is a message that was just written and is on its way to the server. */
export function OutgoingBubble({ conversationId, outgoing }: { conversationId: string; outgoing: Outgoing }) {
  const { t } = useTranslation();
  const me = useMe();
  const { retry, discard } = useSend(conversationId);
  return (
    <article className={styles.row} data-side="out" data-starts data-testid="message-outgoing" aria-label={t("author.agent")}>
      <span className={styles.face}>
        <Face name={me.name} size={28} />
      </span>
      <div className={styles.stack}>
        <div className={styles.bubble} data-author="agent" data-failed={outgoing.failed || undefined}>
          <p>{outgoing.text}</p>
        </div>
        <div className={styles.meta}>
          {outgoing.failed ? (
            <span className={styles.state} data-state="failed" role="alert">
              <IconAlertCircle size={14} aria-hidden />
              {t("state.notSent")}
              <UnstyledButton className={styles.again} onClick={() => retry(outgoing)}>
                {t("error.retry")}
              </UnstyledButton>
              <UnstyledButton className={styles.again} onClick={() => discard(outgoing)}>
                {t("state.discard")}
              </UnstyledButton>
            </span>
          ) : (
            <span className={styles.state} data-state="sending">
              <IconClock size={14} aria-hidden />
              {t("state.sending")}
            </span>
          )}
        </div>
      </div>
    </article>
  );
}
