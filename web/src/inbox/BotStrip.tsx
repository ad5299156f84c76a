import { Button } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconHandStop, IconPlayerPause, IconSparkles } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Conversation } from "../api/types";
import { useMe } from "../session/me";
import { minutesLeft } from "../time/format";
import { useNow } from "../time/useNow";
import { useChange } from "./actions";
import { useReason } from "./reason";
import styles from "./thread.module.css";

/** BotStrip says who answers, and lets the person change it, by Alt+T too. */
export function BotStrip({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const me = useMe();
  const change = useChange(conversation.id);
  const words = useStripWords(conversation);
  const { state } = conversation.bot;
  const open = conversation.status !== "resolved";
  const takeOver = () => change.mutate({ kind: "takeover" });
  const resume = () => change.mutate({ kind: "resume" });
  useHotkeys([["alt+T", () => open && (state === "paused" ? resume() : takeOver()), { usePhysicalKeys: true }]], []);
  if (!open) return null;

  return (
    <div className={styles.strip} data-bot={state} role="status" data-testid="bot-strip">
      {icons[state]}
      <span className={styles.stripText}>
        {words}
        {state === "on" && me.claude === "simulated" && <span className={styles.simulated}>{t("claude.simulated")}</span>}
      </span>
      {state !== "paused" && (
        <Button size="compact-xs" fz={13} h={28} px={10} variant={state === "on" ? "default" : "filled"} onClick={takeOver} loading={change.isPending} data-testid="takeover">
          {t("bot.takeOver")}
        </Button>
      )}
      {state !== "on" && (
        <Button size="compact-xs" fz={13} h={28} px={10} variant="default" onClick={resume} loading={change.isPending} data-testid="resume">
          {t(state === "paused" ? "bot.resumeNow" : "bot.resume")}
        </Button>
      )}
    </div>
  );
}

const icons: Record<Conversation["bot"]["state"], ReactNode> = {
  on: <IconSparkles size={17} aria-hidden />,
  paused: <IconPlayerPause size={17} aria-hidden />,
  handed_over: <IconHandStop size={17} aria-hidden />,
};

function useStripWords({ bot, assignee }: Conversation): string {
  const { t } = useTranslation();
  const me = useMe();
  const now = useNow();
  const reasonOf = useReason();
  if (bot.state === "on") return t("strip.on");
  if (bot.state === "handed_over") {
    return bot.reason ? t("strip.handedOverWhy", { reason: reasonOf(bot.reason) }) : t("strip.handedOver");
  }
  if (bot.reason === "phone") {
    return bot.paused_until ? t("strip.phone", { n: minutesLeft(bot.paused_until, now) }) : t("strip.phoneOpen");
  }
  const mine = !assignee || assignee.id === me.id;
  const name = assignee?.name ?? "";
  if (!bot.paused_until) return mine ? t("strip.youOpen") : t("strip.otherOpen", { name });
  const n = minutesLeft(bot.paused_until, now);
  return mine ? t("strip.you", { n }) : t("strip.other", { name, n });
}
