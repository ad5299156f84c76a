// The simulated phone: it lets a person write as several customers.
import { bubble, element } from "./bubble.js";
import { samples } from "./samples.js";

const $ = (id) => document.getElementById(id);
const state = {
  accounts: [], customers: [], vendor: "onsend", account: "", customer: "",
  messages: new Map(), unread: new Set(), blocked: new Set(), language: "English", typing: 0,
};

async function api(method, path, body) {
  const response = await fetch("_sim/" + path, {
    method, headers: body ? { "Content-Type": "application/json" } : {}, body: body && JSON.stringify(body),
  });
  const value = await response.json();
  if (!response.ok) throw new Error(value.error || response.statusText);
  return value;
}

const address = (c, vendor = state.vendor) => (vendor === "telegram" ? String(c.chat_id) : c.phone);
const current = () => state.customers.find((c) => c.id === state.customer);
const chatKey = (ref) => [ref.vendor, ref.account, ref.customer].join("/");
const ref = () => ({ vendor: state.vendor, account: state.account, customer: current() ? address(current()) : "" });
const account = () => state.accounts.find((a) => a.vendor === state.vendor && a.account === state.account);
const initials = (name) => name.split(/\s+/).map((w) => w[0]).slice(0, 2).join("").toUpperCase();

async function refreshState() {
  const fresh = await api("GET", "state");
  state.accounts = fresh.accounts;
  state.customers = [...fresh.customers, ...ownCustomers()];
  $("inbox-link").hidden = !fresh.inbox_url;
  if (fresh.inbox_url) $("inbox-link").href = fresh.inbox_url;
}

function ownCustomers() {
  try {
    return JSON.parse(localStorage.getItem("customers") || "[]");
  } catch {
    return [];
  }
}

function readHash() {
  const [vendor, chosen, customer] = location.hash.slice(1).split("/").map(decodeURIComponent);
  if (vendor === "onsend" || vendor === "telegram") state.vendor = vendor;
  else if (!state.accounts.some((a) => a.vendor === state.vendor) && state.accounts[0]) state.vendor = state.accounts[0].vendor;
  if (chosen) state.account = chosen;
  if (customer) state.customer = customer;
}

async function choose(change = {}) {
  Object.assign(state, change);
  const own = state.accounts.filter((a) => a.vendor === state.vendor);
  if (!own.some((a) => a.account === state.account)) state.account = own[0]?.account || "";
  if (!current()) state.customer = state.customers[0]?.id || "";
  history.replaceState(null, "", "#" + [state.vendor, state.account, state.customer].map(encodeURIComponent).join("/"));
  state.unread.delete(chatKey(ref()));
  state.typing = 0;
  drawChoices();
  await loadChat();
}

async function loadChat() {
  const asked = ref();
  state.messages = new Map();
  drawMessages();
  if (!asked.account || !asked.customer) return;
  const { messages } = await api("GET", "chats?" + new URLSearchParams(asked));
  if (chatKey(asked) !== chatKey(ref())) return; // another chat was chosen meanwhile
  for (const m of messages) state.messages.set(m.seq, m);
  drawMessages();
}

function drawChoices() {
  document.body.dataset.vendor = state.vendor;
  for (const button of document.querySelectorAll(".segments button")) {
    button.setAttribute("aria-pressed", String(button.dataset.vendor === state.vendor));
  }
  for (const node of document.querySelectorAll("[data-only]")) node.hidden = node.dataset.only !== state.vendor;
  const own = state.accounts.filter((a) => a.vendor === state.vendor);
  $("account-select").replaceChildren(...own.map((a) => element("option", { value: a.account }, `${a.name || a.account} · ${a.address}`)));
  $("account-select").value = state.account;
  $("account-select").disabled = own.length === 0;
  drawCustomers();
  drawHeader();
}

function drawCustomers() {
  $("customers").replaceChildren(...state.customers.map((c) => {
    const unread = state.unread.has(chatKey({ ...ref(), customer: address(c) }));
    const sub = state.vendor === "telegram" ? (c.username ? "@" + c.username : "id " + c.chat_id) : "+" + c.phone;
    const button = element("button", { type: "button", "data-testid": "customer-" + c.id, "aria-current": String(c.id === state.customer) },
      element("span", { class: "avatar", "aria-hidden": "true" }, initials(c.name)),
      element("span", {}, c.name, element("small", {}, sub)));
    if (unread) button.append(element("span", { class: "unread", role: "img", "aria-label": "new messages" }));
    button.addEventListener("click", () => choose({ customer: c.id }));
    return element("li", {}, button);
  }));
}

function drawHeader() {
  const a = account();
  $("chat-title").textContent = a ? a.name || a.account : "No account";
  $("chat-avatar").textContent = a ? initials(a.name || a.account) : "?";
  $("chat-subtitle").textContent = current() ? "you are " + current().name : "";
  $("option-block").textContent = state.blocked.has(chatKey(ref())) ? "Unblock the business" : "Block the business";
  let notice = "";
  if (!a) notice = "No account on this channel yet. Connect one in Sembang, or add one through the control API.";
  else if (!a.webhook) notice = "This account has no webhook yet, so what you write waits.";
  else if (a.vendor === "onsend" && a.status !== "connected") notice = "The device is " + a.status.replace("_", " ") + ": the business cannot answer.";
  showNotice(notice);
  updateSend();
}

function showNotice(text) {
  $("notice").textContent = text;
  $("notice").hidden = !text;
}

function drawMessages() {
  const list = $("messages");
  const items = [...state.messages.values()].sort((a, b) => a.seq - b.seq).map((m) => bubble(m, press));
  if (items.length === 0) {
    items.push(element("li", { class: "empty" }, "Nothing written yet. Pick a line below, or write your own."));
  }
  if (state.typing > Date.now()) {
    items.push(element("li", { class: "typing", "data-testid": "typing-indicator", "aria-label": "The business is typing" },
      element("i"), element("i"), element("i")));
  }
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 120;
  list.replaceChildren(...items);
  if (atEnd || !list.dataset.seen) list.scrollTop = list.scrollHeight;
  list.dataset.seen = "true";
}

function drawSamples() {
  $("sample-tabs").replaceChildren(...Object.keys(samples).map((language) => {
    const tab = element("button", { type: "button", "data-testid": "sample-tab", "aria-pressed": String(language === state.language) }, language);
    tab.addEventListener("click", () => {
      state.language = language;
      drawSamples();
    });
    return tab;
  }));
  $("samples").replaceChildren(...samples[state.language].map((line) => {
    const chip = element("button", { type: "button", "data-testid": "sample-line", title: line }, line);
    chip.addEventListener("click", () => send(line));
    return chip;
  }));
}

async function send(text) {
  const c = current();
  if (!c || !account() || !text.trim()) return;
  const letter = {
    ...ref(), name: c.name, text, copies: Number($("option-copies").value),
    form: state.vendor === "onsend" ? $("option-form").value : "",
    username: c.username || "", language: c.language || "",
  };
  const asOwner = state.vendor === "onsend" && $("option-owner").checked;
  try {
    await api("POST", asOwner ? "customers/echo" : "customers/write", letter);
    $("messages").scrollTop = $("messages").scrollHeight;
  } catch (error) {
    showNotice("Not sent: " + error.message);
  }
}

async function press(message, button) {
  if (!button.callback_data) return;
  await api("POST", "customers/press", { ...ref(), message_id: message.id, data: button.callback_data }).catch((e) => showNotice(e.message));
}

async function toggleBlock() {
  const key = chatKey(ref());
  const blocked = state.blocked.has(key);
  try {
    await api("POST", blocked ? "customers/unblock" : "customers/block", ref());
    if (blocked) state.blocked.delete(key);
    else state.blocked.add(key);
    drawHeader();
  } catch (error) {
    showNotice(error.message);
  }
}

function updateSend() {
  $("send-button").disabled = !account() || !$("composer-input").value.trim();
}

function growComposer() {
  const input = $("composer-input");
  input.style.height = "auto";
  input.style.height = input.scrollHeight + 2 + "px";
  updateSend();
}

async function submit() {
  const text = $("composer-input").value;
  $("composer-input").value = "";
  growComposer();
  await send(text);
}

function addCustomer(name) {
  const own = ownCustomers();
  const n = own.length + 1;
  const c = { id: "own-" + n, name, language: "en", phone: "601155502" + String(n).padStart(2, "0"), chat_id: 701000200 + n };
  localStorage.setItem("customers", JSON.stringify([...own, c]));
  state.customers.push(c);
  return choose({ customer: c.id });
}

function listen() {
  const stream = new EventSource("_sim/chats/stream");
  stream.addEventListener("open", async () => {
    await refreshState();
    drawChoices();
    await loadChat();
  });
  stream.addEventListener("message", (e) => {
    const { message, chat } = JSON.parse(e.data);
    if (chatKey(chat) === chatKey(ref())) {
      state.messages.set(message.seq, message);
      if (message.author === "business") state.typing = 0;
      drawMessages();
    } else if (message.author === "business" && !message.edited) {
      state.unread.add(chatKey(chat));
      drawCustomers();
    }
  });
  stream.addEventListener("typing", (e) => {
    if (chatKey(JSON.parse(e.data).chat) !== chatKey(ref())) return;
    state.typing = Date.now() + 5000; // as long as Telegram shows it
    drawMessages();
    setTimeout(drawMessages, 5100);
  });
}

async function start() {
  for (const button of document.querySelectorAll(".segments button")) {
    button.addEventListener("click", () => choose({ vendor: button.dataset.vendor }));
  }
  $("account-select").addEventListener("change", (e) => choose({ account: e.target.value }));
  $("composer").addEventListener("submit", (e) => {
    e.preventDefault();
    submit();
  });
  $("composer-input").addEventListener("input", growComposer);
  $("composer-input").addEventListener("keydown", (e) => {
    if (e.key === "Enter" && !e.shiftKey && !e.isComposing) {
      e.preventDefault();
      submit();
    }
  });
  $("options").addEventListener("toggle", () => {
    $("messages").scrollTop = $("messages").scrollHeight;
  });
  $("option-block").addEventListener("click", toggleBlock);
  $("new-customer").addEventListener("submit", (e) => {
    e.preventDefault();
    const name = $("new-customer-name").value.trim();
    $("new-customer-name").value = "";
    if (name) addCustomer(name);
  });
  addEventListener("hashchange", () => {
    readHash();
    choose();
  });
  drawSamples();
  await refreshState();
  readHash();
  await choose();
  document.body.dataset.ready = "true";
  listen();
}

start().catch((error) => showNotice("The simulator does not answer: " + error.message));
