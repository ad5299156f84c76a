import { Tooltip } from "@mantine/core";
import { spotlight } from "@mantine/spotlight";
import { IconHistory, IconInbox, IconLayoutDashboard, IconMailQuestion, IconSearch, IconSettings, type Icon } from "@tabler/icons-react";
import { Link, type LinkProps } from "@tanstack/react-router";
import type { ParseKeys } from "i18next";
import { useTranslation } from "react-i18next";

import type { Role } from "../api/types";
import { useMe } from "../session/me";
import { Logo } from "../ui/Logo";
import { ProfileMenu } from "./ProfileMenu";
import styles from "./shell.module.css";

type Place = { to: LinkProps["to"]; key: ParseKeys; icon: Icon; roles: Role[] };

const places: Place[] = [
  { to: "/platform", key: "nav.platform", icon: IconLayoutDashboard, roles: ["super_admin"] },
  { to: "/platform/audit", key: "nav.audit", icon: IconHistory, roles: ["super_admin"] },
  { to: "/inbox", key: "nav.inbox", icon: IconInbox, roles: ["company_admin", "company_user"] },
  { to: "/deliveries", key: "nav.deliveries", icon: IconMailQuestion, roles: ["company_admin"] },
  { to: "/settings", key: "nav.settings", icon: IconSettings, roles: ["company_admin"] },
];

/** Rail is the column of places at the left, and the bar at the bottom of a phone. */
export function Rail({ onShortcuts }: { onShortcuts: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <nav className={styles.rail} aria-label={t("nav.label")}>
      <span className={styles.logo}>
        <Logo size={30} />
      </span>
      {places
        .filter((place) => place.roles.includes(me.role))
        .map(({ to, key, icon: PlaceIcon }) => (
          <Tooltip key={key} label={t(key)} position="right">
            <Link to={to} className={styles.place} activeProps={{ "data-active": true }}>
              <PlaceIcon size={22} stroke={1.7} aria-hidden />
              <span className={styles.placeName}>{t(key)}</span>
            </Link>
          </Tooltip>
        ))}
      {me.role !== "super_admin" && (
        <Tooltip label={t("nav.search")} position="right">
          <button type="button" className={styles.place} onClick={spotlight.open}>
            <IconSearch size={22} stroke={1.7} aria-hidden />
            <span className={styles.placeName}>{t("nav.search")}</span>
          </button>
        </Tooltip>
      )}
      <span className={styles.spring} />
      <ProfileMenu onShortcuts={onShortcuts} />
    </nav>
  );
}
