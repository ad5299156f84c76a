import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, type TestInfo } from "@playwright/test";

/** The demo's people and the address of its phone page. */
export const agent = "aina@kedaikek.example";
export const admin = "siti@kedaikek.example";
export const password = "sembang-demo";
export const phoneAddress = `http://127.0.0.1:${process.env.SEMBANG_E2E_SIM_PORT}/`;

/** signIn goes through the login page and waits for the inbox. */
export async function signIn(page: Page, email: string): Promise<void> {
  await page.goto("/login");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/inbox/);
  await expect(page.getByTestId("live")).toHaveAttribute("data-state", "live");
}

/**
 * openPhone opens the phone page as a customer nobody has met before. The page
 * numbers the customers it adds from one in each browser, so a test brings its
 * own number instead.
 */
export async function openPhone(page: Page, customer: string, channel: "onsend" | "telegram" = "onsend"): Promise<void> {
  const number = Date.now() % 10_000_000;
  const own = { id: "own-1", name: customer, language: "en", phone: `6019${String(number).padStart(7, "0")}`, chat_id: 800_000_000 + number };
  await page.addInitScript((customers) => localStorage.setItem("customers", customers), JSON.stringify([own]));
  await page.goto(phoneAddress);
  await page.getByTestId(`channel-${channel}`).click();
  await page.getByTestId("customer-own-1").click();
  await expect(page.getByTestId("chat-subtitle")).toContainText(customer);
}

/** write sends a text from the phone. */
export async function write(phone: Page, text: string): Promise<void> {
  await phone.getByTestId("composer-input").fill(text);
  await phone.getByTestId("send-button").click();
  await expect(bubbles(phone, "customer").last()).toContainText(text);
}

/** bubbles are what one side has written on the phone. */
export function bubbles(phone: Page, author: "customer" | "business") {
  return phone.locator(`[data-testid=bubble][data-author=${author}]`);
}

/** openConversation opens a customer's conversation from the list. */
export async function openConversation(page: Page, customer: string): Promise<void> {
  await page.getByTestId("conversation-card").filter({ hasText: customer }).click();
  await expect(page.getByTestId("thread").getByRole("heading", { name: customer, level: 1 })).toBeVisible();
}

/** expectAccessible fails on any violation of axe's rules. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, html }) => `${target.join(" ")} ${html}`).join("; ")}`);
  expect(found).toEqual([]);
}

/** expectNoSidewaysScroll fails when the page is wider than the screen. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const [content, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  expect(content).toBeLessThanOrEqual(screen ?? 0);
}

/** picture attaches a screenshot to the report. */
export async function picture(page: Page, info: TestInfo, name: string): Promise<void> {
  await info.attach(name, { body: await page.screenshot(), contentType: "image/png" });
}
