import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { useMe, useUpdateMe } from "../session/me";
import { Empty } from "../ui/Notice";

const NOON = 12;
const EVENING = 18;

/** NothingChosen greets the person until a conversation is opened. */
export function NothingChosen() {
  const { t } = useTranslation();
  const me = useMe();
  const update = useUpdateMe();
  if (me.availability === "offline") {
    return (
      <Empty title={t("availability.offlineTitle")} text={t("availability.offlineText")}>
        <Button mt="xs" onClick={() => update.mutate({ availability: "online" })}>
          {t("availability.goOnline")}
        </Button>
      </Empty>
    );
  }
  return <Empty title={t(`greeting.${partOfDay(me.company.timezone)}`, { name: me.name.split(" ")[0] })} text={t("greeting.text")} />;
}

function partOfDay(timeZone: string): "morning" | "afternoon" | "evening" {
  const hour = Number(new Intl.DateTimeFormat("en-GB", { hour: "2-digit", hour12: false, timeZone }).format(new Date()));
  if (hour < NOON) return "morning";
  return hour < EVENING ? "afternoon" : "evening";
}
