import { UnstyledButton } from "@mantine/core";
import { IconAlertCircle, IconCheck, IconClock, IconHelpCircle, type Icon } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { Message } from "../api/types";
import styles from "./thread.module.css";
import { useSend } from "./useSend";

type OutState = Exclude<Message["state"], "received" | "done">;

const icons: Record<OutState, Icon> = {
  queued: IconClock,
  sending: IconClock,
  sent: IconCheck,
  failed: IconAlertCircle,
  unknown: IconHelpCircle,
};

const known = [
  "rate_limited",
  "day_limit",
  "unauthorized",
  "blocked",
  "no_recipient",
  "rejected",
  "unreachable",
  "disconnected",
  "conflict",
  "no_answer",
  "vendor_error",
] as const;

/** MessageState says how far a message of ours has come, as a sign and in words. */
export function MessageState({ message, conversationId }: { message: Message; conversationId: string }) {
  const { t } = useTranslation();
  const { send } = useSend(conversationId);
  if (message.state === "received" || message.state === "done") return null;
  const StateIcon = icons[message.state];
  const quiet = message.state === "sent";
  const why = message.error ? reason(message.error, t) : null;
  return (
    <span className={styles.state} data-state={message.state} data-testid="message-state">
      <StateIcon size={14} stroke={2} aria-hidden={!quiet} role={quiet ? "img" : undefined} aria-label={quiet ? t("state.sent") : undefined} />
      {!quiet && t(`state.${message.state}`)}
      {why && ` · ${why}`}
      {message.state === "failed" && message.author === "agent" && (
        <UnstyledButton className={styles.again} onClick={() => send(message.text)}>
          {t("state.again")}
        </UnstyledButton>
      )}
    </span>
  );
}

function reason(error: string, t: ReturnType<typeof useTranslation>["t"]): string {
  const code = known.find((each) => each === error);
  return code ? t(`failure.${code}`) : error;
}
