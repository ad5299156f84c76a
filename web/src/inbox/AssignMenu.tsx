import { Button, Menu } from "@mantine/core";
import { IconCheck, IconUserOff, IconUserPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import type { Conversation } from "../api/types";
import { useMe } from "../session/me";
import { Face } from "../ui/Face";
import { useChange } from "./actions";
import { usersQuery } from "./queries";
import styles from "./thread.module.css";

/** AssignMenu gives the conversation to a colleague, to oneself, or to nobody. */
export function AssignMenu({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const me = useMe();
  const change = useChange(conversation.id);
  const { data } = useQuery(usersQuery);
  const { assignee } = conversation;
  const people = (data?.items ?? []).filter((user) => user.active && user.role !== "super_admin");

  return (
    <Menu position="bottom-end" shadow="md" width={250}>
      <Menu.Target>
        <Button
          variant="default"
          size="xs"
          px={8}
          leftSection={assignee ? <Face name={assignee.name} size={20} /> : <IconUserPlus size={16} />}
          aria-label={t("assign.label", { name: assignee?.name ?? t("assign.nobody") })}
          data-testid="assign"
          className={styles.assign}
          classNames={{ label: styles.buttonLabel, section: styles.buttonSection }}
        >
          {assignee?.name ?? t("assign.nobody")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("assign.title")}</Menu.Label>
        {people.map((user) => (
          <Menu.Item
            key={user.id}
            leftSection={<Face name={user.name} size={24} />}
            rightSection={user.id === assignee?.id && <IconCheck size={16} />}
            onClick={() => change.mutate({ kind: "assign", userId: user.id })}
          >
            {user.id === me.id ? t("assign.me", { name: user.name }) : user.name}
            <span className={styles.availability}>{t(`availability.${user.availability}`)}</span>
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconUserOff size={18} />}
          disabled={!assignee}
          onClick={() => change.mutate({ kind: "assign", userId: null })}
        >
          {t("assign.clear")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
