import { useTranslation } from "react-i18next";

import type words from "../i18n/en.json";

type Reason = keyof typeof words.reason;

/** useReason puts the server's reason codes into words; a reason in words stays as it is. */
export function useReason(): (reason: string) => string {
  const { t, i18n } = useTranslation();
  return (reason) => (/^\w+$/.test(reason) && i18n.exists(`reason.${reason}`) ? t(`reason.${reason as Reason}`) : reason.replaceAll("_", " "));
}
