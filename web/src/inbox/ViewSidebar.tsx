import { IconChecks, IconClockHour4, IconInbox, IconStack2, IconUserQuestion, type Icon } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import type { View } from "../api/types";
import { useMe } from "../session/me";
import styles from "./inbox.module.css";
import { countsQuery } from "./queries";
import { useInboxSearch } from "./useInboxSearch";

const views: { view: View; icon: Icon }[] = [
  { view: "mine", icon: IconInbox },
  { view: "waiting", icon: IconClockHour4 },
  { view: "unassigned", icon: IconUserQuestion },
  { view: "all", icon: IconStack2 },
  { view: "resolved", icon: IconChecks },
];

/** ViewSidebar chooses which conversations are listed. */
export function ViewSidebar() {
  const { t } = useTranslation();
  const me = useMe();
  const { view: current } = useInboxSearch();
  const { data: counts } = useQuery(countsQuery);
  return (
    <nav className={styles.views} aria-label={t("view.label")}>
      <p className={styles.company} title={me.company.name}>
        {me.company.name}
      </p>
      {views.map(({ view, icon: ViewIcon }) => (
        <Link
          key={view}
          to="/inbox"
          search={{ view }}
          className={styles.view}
          data-current={view === current || undefined}
          aria-current={view === current ? "page" : undefined}
          data-testid={`view-${view}`}
        >
          <ViewIcon size={18} stroke={1.7} aria-hidden />
          <span>{t(`view.${view}`)}</span>
          {counts && counts[view] > 0 && (
            <span className={styles.count} data-waiting={view === "waiting" || undefined}>
              {counts[view]}
            </span>
          )}
        </Link>
      ))}
    </nav>
  );
}
