import { IconBrandTelegram, IconBrandWhatsapp, IconDeviceMobile, IconSparkles } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { Channel } from "../api/types";
import styles from "./face.module.css";
import { hueOf, initials } from "./initials";

/** Face stands for a person: initials on a colour of their own, with the channel they write on. */
export function Face({ name, channel, size = 40 }: { name: string; channel?: Channel; size?: number }) {
  const { t } = useTranslation();
  return (
    <span className={styles.face} data-hue={hueOf(name)} style={{ width: size, height: size, fontSize: size * 0.36 }}>
      <span aria-hidden>{initials(name)}</span>
      {channel && (
        <span className={styles.badge} data-channel={channel} role="img" aria-label={t(`channel.${channel}`)}>
          {channel === "telegram" ? <IconBrandTelegram size={11} stroke={2.2} /> : <IconBrandWhatsapp size={11} stroke={2.2} />}
        </span>
      )}
    </span>
  );
}

/** BotFace stands for the assistant. */
export function BotFace({ size = 28 }: { size?: number }) {
  return (
    <span className={styles.bot} style={{ width: size, height: size }} aria-hidden>
      <IconSparkles size={size * 0.58} stroke={2} />
    </span>
  );
}

/** PhoneFace stands for whoever answered on the business's own phone. */
export function PhoneFace({ size = 28 }: { size?: number }) {
  return (
    <span className={styles.face} data-hue="0" style={{ width: size, height: size }} aria-hidden>
      <IconDeviceMobile size={size * 0.6} stroke={1.8} />
    </span>
  );
}
