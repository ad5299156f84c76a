import { IconHandStop, IconPlayerPause, IconSparkles, IconUser } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { Conversation } from "../api/types";
import { useMe } from "../session/me";
import { minutesLeft } from "../time/format";
import { useNow } from "../time/useNow";
import { Chip } from "../ui/Chip";

/** BotChip says who answers this conversation now. */
export function BotChip({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const me = useMe();
  const now = useNow();
  const { bot, assignee, status } = conversation;
  if (status === "resolved") return <Chip tone="green">{t("bot.resolved")}</Chip>;
  if (bot.state === "on") {
    return (
      <Chip tone="brand" icon={<IconSparkles size={12} aria-hidden />}>
        {t("bot.on")}
      </Chip>
    );
  }
  if (bot.state === "handed_over") {
    return (
      <Chip tone="amber" icon={<IconHandStop size={12} aria-hidden />}>
        {t("bot.handedOver")}
      </Chip>
    );
  }
  if (assignee?.id === me.id && bot.reason !== "phone") return <Chip icon={<IconUser size={12} aria-hidden />}>{t("bot.you")}</Chip>;
  return (
    <Chip icon={<IconPlayerPause size={12} aria-hidden />}>
      {bot.paused_until ? t("bot.paused", { n: minutesLeft(bot.paused_until, now) }) : t("bot.pausedOpen")}
    </Chip>
  );
}
