import { IconPlugConnectedX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { useLive } from "../events/useLive";
import styles from "./shell.module.css";

/** LiveStrip keeps the live connection and says so when it is lost for more than a moment. */
export function LiveStrip() {
  const { t } = useTranslation();
  const live = useLive();
  return (
    <div role="status" data-testid="live" data-state={live}>
      {live === "reconnecting" && (
        <div className={styles.strip}>
          <IconPlugConnectedX size={16} aria-hidden />
          {t("live.reconnecting")}
        </div>
      )}
    </div>
  );
}
