import { useTranslation } from "react-i18next";

import type { Conversation } from "../api/types";
import { Chip } from "../ui/Chip";

/** LanguageChip tells which language the customer writes in. */
export function LanguageChip({ language, mixed }: Pick<Conversation, "language" | "mixed">) {
  const { t } = useTranslation();
  if (mixed) return <Chip>{t("language.mix")}</Chip>;
  if (!language) return null;
  return <Chip>{t(`language.short.${language}`)}</Chip>;
}
