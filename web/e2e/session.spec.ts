import { expect, test } from "@playwright/test";

import { agent, admin, signIn } from "./world";

test("a wrong password is refused in words, in the language chosen at the top", async ({ page }) => {
  await page.goto("/login");
  await page.getByLabel("E-mail").fill("nobody@kedaikek.example");
  await page.getByLabel("Password", { exact: true }).fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText("E-mail or password is not right");
  await page.getByText("Bahasa Melayu").click();
  await expect(page.getByRole("alert")).toContainText("E-mel atau kata laluan tidak betul");
  await page.getByText("中文").click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("登录 Sembang");
});

test("an address opened without a session leads there after signing in", async ({ page }) => {
  await page.goto("/inbox?view=resolved");
  await expect(page).toHaveURL(/\/login/);
  await page.getByLabel("E-mail").fill(agent);
  await page.getByLabel("Password", { exact: true }).fill("sembang-demo");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/inbox\?view=resolved/);
});

test("an access cookie that ran out is renewed without the person noticing", async ({ page, context }) => {
  await signIn(page, agent);
  await context.clearCookies({ name: "__Host-access" });
  await page.getByTestId("view-resolved").click();
  await expect(page).toHaveURL(/view=resolved/);
  await expect(page.getByRole("heading", { name: "Resolved", level: 1 })).toBeVisible();
  await expect.poll(async () => (await context.cookies()).some(({ name }) => name === "__Host-access")).toBe(true);
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("signing out ends the session", async ({ page, context }) => {
  await signIn(page, agent);
  await page.getByTestId("profile").click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/login/);
  expect((await context.cookies()).filter(({ name }) => name === "__Host-access")).toEqual([]);
  await page.goto("/inbox");
  await expect(page).toHaveURL(/\/login/);
});

test("deliveries are for company admins only", async ({ page }) => {
  await signIn(page, agent);
  await expect(page.getByRole("link", { name: "Deliveries" })).toHaveCount(0);
  await page.goto("/deliveries");
  await expect(page.getByRole("heading", { name: "For company admins" })).toBeVisible();
});

test("Ctrl+K finds a customer and opens the conversation", async ({ page }) => {
  await signIn(page, admin);
  await page.getByTestId("view-all").click();
  const name = (await page.getByTestId("conversation-card").first().locator("[class*=cardName]").innerText()).trim();
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder("Search customers or type a command").fill(name);
  await page.getByRole("button", { name }).first().click();
  await expect(page.getByTestId("thread").getByRole("heading", { name, level: 1 })).toBeVisible();
});
