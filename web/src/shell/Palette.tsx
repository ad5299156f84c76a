import { useMantineColorScheme } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { Spotlight, spotlight } from "@mantine/spotlight";
import { IconArrowRight, IconCommand, IconLogout, IconMoon, IconSearch, IconUserCheck, IconWorld } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { api, unwrap } from "../api/client";
import { keys } from "../api/keys";
import type { View } from "../api/types";
import { languages } from "../i18n/language";
import { useMe, useUpdateMe } from "../session/me";
import { useLogout } from "../session/useLogout";
import { Face } from "../ui/Face";

type Command = { id: string; label: string; icon: ReactNode; run: () => void };

const SEARCH_LIMIT = 8;
const views: View[] = ["mine", "waiting", "unassigned", "all", "resolved"];

/** Palette finds commands and conversations from anywhere, by Ctrl+K. */
export function Palette({ onShortcuts }: { onShortcuts: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [typed, setTyped] = useState("");
  const commands = useCommands(onShortcuts).filter((each) => each.label.toLowerCase().includes(typed.trim().toLowerCase()));
  const found = useFound(typed);

  function run(work: () => void) {
    spotlight.close();
    work();
  }

  return (
    <Spotlight.Root attributes={{ content: { "aria-label": t("shortcuts.palette") } }} query={typed} onQueryChange={setTyped} shortcut="mod + K" scrollable maxHeight={420}>
      <Spotlight.Search
        placeholder={t("palette.placeholder")}
        aria-label={t("palette.placeholder")}
        leftSection={<IconSearch size={18} />}
      />
      <Spotlight.ActionsList>
        {commands.length > 0 && (
          <Spotlight.ActionsGroup label={t("palette.commands")}>
            {commands.map((command) => (
              <Spotlight.Action key={command.id} label={command.label} leftSection={command.icon} onClick={() => run(command.run)} />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {found.length > 0 && (
          <Spotlight.ActionsGroup label={t("palette.conversations")}>
            {found.map((conversation) => (
              <Spotlight.Action
                key={conversation.id}
                label={conversation.contact.name}
                description={conversation.last_message?.text}
                leftSection={<Face name={conversation.contact.name} channel={conversation.channel} size={30} />}
                onClick={() =>
                  run(() => void navigate({ to: "/inbox/$conversationId", params: { conversationId: conversation.id }, search: true }))
                }
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {found.length + commands.length === 0 && <Spotlight.Empty>{t("palette.nothing")}</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

function useFound(typed: string) {
  const [q] = useDebouncedValue(typed.trim(), 200);
  const me = useMe();
  const { data } = useQuery({
    queryKey: [...keys.lists, "palette", q],
    queryFn: () => unwrap(api.GET("/api/v1/conversations", { params: { query: { view: "all", sort: "recent", q, limit: SEARCH_LIMIT } } })),
    enabled: q.length > 0 && me.role !== "super_admin",
    placeholderData: keepPreviousData,
  });
  return q.length > 0 && typed.trim().length > 0 ? (data?.items ?? []) : [];
}

function useCommands(onShortcuts: () => void): Command[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const me = useMe();
  const update = useUpdateMe();
  const logout = useLogout();
  const { toggleColorScheme } = useMantineColorScheme();
  const toggled = me.availability === "online" ? "offline" : "online";
  const inbox: Command[] = views.map((view) => ({
    id: view,
    label: t("palette.open", { place: t(`view.${view}`) }),
    icon: <IconArrowRight size={18} />,
    run: () => void navigate({ to: "/inbox", search: { view } }),
  }));
  const everywhere: Command[] = [
    { id: "scheme", label: t("palette.scheme"), icon: <IconMoon size={18} />, run: toggleColorScheme },
    ...languages.map(({ code, name }) => ({
      id: code,
      label: t("palette.language", { language: name }),
      icon: <IconWorld size={18} />,
      run: () => update.mutate({ language: code }),
    })),
    { id: "shortcuts", label: t("shortcuts.title"), icon: <IconCommand size={18} />, run: onShortcuts },
    { id: "logout", label: t("profile.logout"), icon: <IconLogout size={18} />, run: logout },
  ];
  if (me.role === "super_admin") return everywhere;
  const available: Command = {
    id: "availability",
    label: t(`palette.${toggled}`),
    icon: <IconUserCheck size={18} />,
    run: () => update.mutate({ availability: toggled }),
  };
  return [...inbox, available, ...everywhere];
}
