import { NavLink } from "@mantine/core";
import { Link, Outlet } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { useMe } from "../session/me";
import { Empty } from "../ui/Notice";
import { sections } from "./sections";
import styles from "./settings.module.css";

/** SettingsPage is the company admin's settings: a list of sections at the left, the chosen one beside it. */
export function SettingsPage() {
  const { t } = useTranslation();
  const me = useMe();
  if (me.role !== "company_admin") return <Empty title={t("settings.forbidden")} text={t("settings.forbiddenText")} />;
  return (
    <div className={styles.page}>
      <nav className={styles.sections} aria-label={t("settings.title")}>
        {sections.map(({ to, key, icon: SectionIcon }) => (
          <NavLink
            key={to}
            className={styles.section}
            renderRoot={(props) => <Link to={to} {...props} activeProps={{ "data-active": true }} />}
            label={t(key)}
            leftSection={<SectionIcon size={18} stroke={1.7} aria-hidden />}
          />
        ))}
      </nav>
      <main className={styles.content}>
        <Outlet />
      </main>
    </div>
  );
}
