import { Kbd, Modal, Table } from "@mantine/core";
import { useTranslation } from "react-i18next";

const shortcuts = [
  { keys: ["Ctrl", "K"], does: "palette" },
  { keys: ["Alt", "J"], does: "next" },
  { keys: ["Alt", "K"], does: "previous" },
  { keys: ["Alt", "T"], does: "takeover" },
  { keys: ["Alt", "E"], does: "complete" },
  { keys: ["Alt", "L"], does: "reply" },
  { keys: ["Ctrl", "Enter"], does: "send" },
  { keys: ["Shift", "Enter"], does: "newline" },
  { keys: ["Ctrl", "/"], does: "list" },
] as const;

/** ShortcutList shows what the keyboard can do. */
export function ShortcutList({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const onApple = /Mac|iPhone|iPad/.test(navigator.userAgent);
  return (
    <Modal opened={opened} onClose={onClose} title={t("shortcuts.title")} closeButtonProps={{ "aria-label": t("close") }}>
      <Table verticalSpacing={6}>
        <Table.Tbody>
          {shortcuts.map(({ keys, does }) => (
            <Table.Tr key={does}>
              <Table.Td>{t(`shortcuts.${does}`)}</Table.Td>
              <Table.Td ta="right">
                {keys.map((key, index) => (
                  <span key={key}>
                    {index > 0 && " + "}
                    <Kbd>{onApple && key === "Ctrl" ? "⌘" : key}</Kbd>
                  </span>
                ))}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
