import { Button, Divider, Popover, SegmentedControl, Switch, Text, useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconKeyboard, IconLogout } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { languages, type Language } from "../i18n/language";
import { useMe, useUpdateMe } from "../session/me";
import { useLogout } from "../session/useLogout";
import { Face } from "../ui/Face";
import styles from "./shell.module.css";

/** ProfileMenu is the person's own settings and the way out. */
export function ProfileMenu({ onShortcuts }: { onShortcuts: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const logout = useLogout();
  const [opened, popover] = useDisclosure(false);

  function leave(to: () => void) {
    popover.close();
    to();
  }

  return (
    <Popover position="right-end" width={284} shadow="md" trapFocus returnFocus opened={opened} onChange={popover.set}>
      <Popover.Target>
        <button
          type="button"
          className={styles.profile}
          aria-label={t("profile.open", { name: me.name })}
          onClick={popover.toggle}
          data-testid="profile"
        >
          <Face name={me.name} size={34} />
          <span className={styles.presence} data-availability={me.availability} aria-hidden />
        </button>
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label={t("profile.open", { name: me.name })}>
        <div className={styles.who}>
          <Text fw={650}>{me.name}</Text>
          <Text size="xs" c="dimmed">
            {t(`role.${me.role}`)} · {me.company.name}
          </Text>
          <Text size="xs" c="dimmed">
            {me.email}
          </Text>
        </div>
        <Divider />
        <Choices />
        <Divider />
        <div className={styles.doings}>
          <Doing icon={<IconKeyboard size={17} />} onClick={() => leave(onShortcuts)}>
            {t("shortcuts.title")}
          </Doing>
          <Doing icon={<IconLogout size={17} />} onClick={() => leave(logout)}>
            {t("profile.logout")}
          </Doing>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

function Doing({ icon, onClick, children }: { icon: ReactNode; onClick: () => void; children: ReactNode }) {
  return (
    <Button fullWidth variant="subtle" color="gray" c="var(--ink)" fw={500} justify="flex-start" leftSection={icon} onClick={onClick}>
      {children}
    </Button>
  );
}

function Choices() {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const update = useUpdateMe();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <div className={styles.choices}>
      {me.role !== "super_admin" && (
        <Switch
          checked={me.availability === "online"}
          onChange={(event) => update.mutate({ availability: event.currentTarget.checked ? "online" : "offline" })}
          label={t(`availability.${me.availability}`)}
          description={t(`availability.${me.availability}Hint`)}
          color="green.8"
        />
      )}
      <Text size="xs" fw={600} mt="sm" mb={4}>
        {t("language.choose")}
      </Text>
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label={t("language.choose")}
        value={i18n.language}
        onChange={(code) => update.mutate({ language: code as Language })}
        data={languages.map(({ code, name }) => ({ value: code, label: code === "ms" ? t("language.malay") : name }))}
      />
      <Text size="xs" fw={600} mt="sm" mb={4}>
        {t("scheme.choose")}
      </Text>
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label={t("scheme.choose")}
        value={colorScheme}
        onChange={(scheme) => setColorScheme(scheme as MantineColorScheme)}
        data={[
          { value: "auto", label: t("scheme.auto") },
          { value: "light", label: t("scheme.light") },
          { value: "dark", label: t("scheme.dark") },
        ]}
      />
    </div>
  );
}
