import type { ReactNode } from "react";

import styles from "./chip.module.css";

export type Tone = "grey" | "brand" | "amber" | "red" | "green";

/** Chip is a short word about the thing it stands on, never by colour alone. */
export function Chip({ tone = "grey", icon, children }: { tone?: Tone; icon?: ReactNode; children: ReactNode }) {
  return (
    <span className={styles.chip} data-tone={tone}>
      {icon}
      {children}
    </span>
  );
}
