/** ServerEvent is one event of the server's stream. */
export type ServerEvent = { id: string | null; name: string; data: string };

/**
 * createParser reads a text/event-stream piece by piece, wherever the network
 * cut it, and calls onEvent for each complete event. onId hears where to
 * resume, which the server may also say without an event.
 */
export function createParser(onEvent: (event: ServerEvent) => void, onId?: (id: string) => void): (piece: string) => void {
  let rest = "";
  let id: string | null = null;
  let name = "";
  let data: string[] = [];

  function line(text: string) {
    if (text === "") {
      if (id !== null) onId?.(id);
      if (data.length > 0) onEvent({ id, name: name || "message", data: data.join("\n") });
      name = "";
      data = [];
      return;
    }
    const colon = text.indexOf(":");
    if (colon === 0) return;
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? "" : text.slice(colon + 1).replace(/^ /, "");
    if (field === "event") name = value;
    if (field === "data") data.push(value);
    if (field === "id" && !value.includes("\0")) id = value;
  }

  return (piece) => {
    rest += piece;
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    lines.forEach(line);
  };
}
