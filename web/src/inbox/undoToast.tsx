import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconCheck } from "@tabler/icons-react";

const SHOWN_MS = 6_000;

/** undoToast says what was done and lets the person take it back for a moment. */
export function undoToast(message: string, undo: string, onUndo: () => void): void {
  const id = notifications.show({
    color: "green.8",
    icon: <IconCheck size={18} />,
    autoClose: SHOWN_MS,
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{message}</Text>
        <Button
          size="compact-sm"
          variant="subtle"
          onClick={() => {
            notifications.hide(id);
            onUndo();
          }}
        >
          {undo}
        </Button>
      </Group>
    ),
  });
}
