import { Button, Menu, Textarea, Tooltip, ActionIcon } from "@mantine/core";
import { useHotkeys, useLocalStorage } from "@mantine/hooks";
import { IconCheck, IconChevronDown, IconSend2 } from "@tabler/icons-react";
import { useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";

import type { Conversation } from "../api/types";
import { wantsToSend, type SendKey } from "./sendKey";
import styles from "./thread.module.css";
import { useSend } from "./useSend";

const MAX_LENGTH = 16_000;

/** Composer is where a person writes to the customer. What is typed stays when another conversation is opened. */
export function Composer({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const field = useRef<HTMLTextAreaElement>(null);
  const [draft, setDraft] = useDraft(conversation.id);
  const [sendKey, setSendKey] = useLocalStorage<SendKey>({ key: "sembang-send-key", defaultValue: "enter", getInitialValueInEffect: false });
  const { send } = useSend(conversation.id);
  useHotkeys([["alt+L", () => field.current?.focus(), { usePhysicalKeys: true }]], []);

  function submit() {
    const text = draft.trim();
    if (text === "") return;
    send(text);
    setDraft("");
    field.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent) {
    if (!wantsToSend(event.nativeEvent, sendKey)) return;
    event.preventDefault();
    submit();
  }

  return (
    <div className={styles.composer}>
      <Textarea
        ref={field}
        aria-label={t("composer.label", { name: conversation.contact.name })}
        placeholder={t(conversation.bot.state === "on" ? "composer.placeholderBot" : "composer.placeholder")}
        autosize
        minRows={2}
        maxRows={8}
        maxLength={MAX_LENGTH}
        value={draft}
        onChange={(event) => setDraft(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        data-testid="composer"
        classNames={{ input: styles.composerInput }}
      />
      <div className={styles.composerBar}>
        <span className={styles.hint}>{t(`composer.hint.${sendKey}`)}</span>
        <Button.Group>
          <Button size="sm" leftSection={<IconSend2 size={17} />} onClick={submit} disabled={draft.trim() === ""} data-testid="send">
            {t("composer.send")}
          </Button>
          <SendKeyMenu sendKey={sendKey} onChange={setSendKey} />
        </Button.Group>
      </div>
    </div>
  );
}

const sendKeys: SendKey[] = ["enter", "mod-enter"];

function SendKeyMenu({ sendKey, onChange }: { sendKey: SendKey; onChange: (key: SendKey) => void }) {
  const { t } = useTranslation();
  return (
    <Menu position="top-end" shadow="md">
      <Menu.Target>
        <Tooltip label={t("composer.sendKey")}>
          <ActionIcon size={36} radius="md" className={styles.sendKey} aria-label={t("composer.sendKey")}>
            <IconChevronDown size={16} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {sendKeys.map((key) => (
          <Menu.Item
            key={key}
            leftSection={<IconCheck size={16} visibility={key === sendKey ? "visible" : "hidden"} />}
            onClick={() => onChange(key)}
          >
            {t(`composer.sendWith.${key}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** useDraft keeps a conversation's unsent text for as long as the tab lives. */
function useDraft(id: string): [string, (text: string) => void] {
  const key = `sembang-draft-${id}`;
  const [draft, setDraft] = useState(() => sessionStorage.getItem(key) ?? "");
  function change(text: string) {
    setDraft(text);
    if (text === "") sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, text);
  }
  return [draft, change];
}
