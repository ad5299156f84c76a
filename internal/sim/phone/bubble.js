// Draws the bubbles of a chat. It knows the simulator's messages and no state.

const mark = "[Simulated Claude]";

export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

// bubble returns the list item of a message; press hears of inline buttons.
export function bubble(message, press) {
  const author = message.author === "customer" ? "customer" : "business";
  const node = element("li", {
    class: "bubble",
    "data-testid": "bubble",
    "data-author": author,
    "data-origin": message.author === "owner" ? "phone" : undefined,
    "data-seq": message.seq,
  });
  if (message.author === "owner") node.append(element("span", { class: "from" }, "Typed on the business's own phone"));
  if (message.kind !== "text") node.append(element("span", { class: "from" }, message.kind + (message.url ? ": " + message.url : "")));
  node.append(body(message));
  const buttons = author === "business" ? inlineButtons(message, press) : null;
  if (buttons) node.append(buttons);
  node.append(meta(message, author));
  return node;
}

function body(message) {
  const text = element("span", { class: "text", "data-testid": "bubble-text" });
  if (message.deleted) {
    text.append(element("em", {}, "Message deleted"));
    return text;
  }
  if (message.text.startsWith(mark)) {
    text.append(element("span", { class: "mark" }, mark), message.text.slice(mark.length));
    return text;
  }
  text.append(...styled(message.text, message.entities || []));
  return text;
}

const tags = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "q", expandable_blockquote: "q",
};

// styled cuts a text at the borders of its entities, whose offsets are in
// UTF-16 units as JavaScript's are.
function styled(text, entities) {
  const borders = new Set([0, text.length]);
  for (const e of entities) borders.add(e.offset).add(e.offset + e.length);
  const cuts = [...borders].filter((n) => n <= text.length).sort((a, b) => a - b);
  return cuts.slice(0, -1).map((from, i) => {
    let piece = document.createTextNode(text.slice(from, cuts[i + 1]));
    for (const e of entities) {
      if (from < e.offset || from >= e.offset + e.length) continue;
      if (e.type === "text_link" && /^https?:/.test(e.url)) {
        piece = element("a", { href: e.url, target: "_blank", rel: "noopener noreferrer" }, piece);
      } else if (tags[e.type]) {
        piece = element(tags[e.type], {}, piece);
      }
    }
    return piece;
  });
}

function inlineButtons(message, press) {
  const rows = message.markup?.inline_keyboard;
  if (!rows) return null;
  const box = element("div", { class: "buttons" });
  for (const button of rows.flat()) {
    const node = element("button", { type: "button", "data-testid": "inline-button" }, button.text);
    node.addEventListener("click", () => press(message, button));
    box.append(node);
  }
  return box;
}

function meta(message, author) {
  const time = new Date(message.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const line = element("span", { class: "meta" });
  if (message.edited && !message.deleted) line.append(element("span", {}, "edited"));
  line.append(element("time", { datetime: message.at }, time));
  if (author === "customer" || message.author === "owner") {
    line.append(element("span", { "data-testid": "delivery-state", "data-state": message.state }, deliveryText(message)));
  }
  return line;
}

function deliveryText(m) {
  switch (m.state) {
    case "delivered":
      return m.copies > 1 ? `✓✓ delivered ${m.copies} times` : "✓✓ delivered";
    case "retrying":
      return `✓ trying again: ${m.detail}`;
    case "dropped":
      return `✕ given up: ${m.detail}`;
    default:
      return m.detail ? `✓ waiting: ${m.detail}` : "✓ on its way";
  }
}
