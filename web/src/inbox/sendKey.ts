export type SendKey = "enter" | "mod-enter";

type Pressed = Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey" | "isComposing">;

/**
 * wantsToSend says whether a key press sends the text. Enter that only picks a
 * character in a Chinese input method never does.
 */
export function wantsToSend(pressed: Pressed, sendKey: SendKey): boolean {
  if (pressed.key !== "Enter" || pressed.isComposing || pressed.altKey) return false;
  if (pressed.ctrlKey || pressed.metaKey) return true;
  return sendKey === "enter" && !pressed.shiftKey;
}
