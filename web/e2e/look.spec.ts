import { expect, test, type Page } from "@playwright/test";

import { admin, expectAccessible, expectNoSidewaysScroll, picture, signIn } from "./world";

const screens = [
  { name: "wide, light", size: { width: 1440, height: 900 }, scheme: "light" },
  { name: "wide, dark", size: { width: 1440, height: 900 }, scheme: "dark" },
  { name: "390 px, light", size: { width: 390, height: 844 }, scheme: "light" },
  { name: "390 px, dark", size: { width: 390, height: 844 }, scheme: "dark" },
] as const;

for (const { name, size, scheme } of screens) {
  test.describe(name, () => {
    test.use({ viewport: size, colorScheme: scheme });

    test("the login page can be read and used by everybody", async ({ page }, info) => {
      await page.goto("/login");
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", scheme);
      await check(page);
      await picture(page, info, "login");
    });

    test("inbox, thread, details and deliveries can be read and used by everybody", async ({ page }, info) => {
      await signIn(page, admin);
      await page.getByTestId("view-all").click();
      await expect(page.getByTestId("conversation-card").first()).toBeVisible();
      await check(page);
      await picture(page, info, "inbox");

      await page.getByTestId("conversation-card").first().click();
      await expect(page.getByTestId(/^message-(contact|bot)$/).first()).toBeVisible();
      await check(page);
      await picture(page, info, "thread");

      if (size.width < 768) await showDetails(page);
      await page.goto("/deliveries");
      await expect(page.getByRole("heading", { level: 1, name: "Deliveries" })).toBeVisible();
      await expect(page.getByRole("status", { name: "Loading…" })).toHaveCount(0);
      await check(page);
      await picture(page, info, "deliveries");
    });
  });
}

/** showDetails opens the details as a sheet over the whole phone, then goes back to the list. */
async function showDetails(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Details" }).click();
  const sheet = page.getByRole("dialog", { name: "Details" });
  await expect(sheet).toContainText("First seen");
  await expect.poll(async () => (await sheet.boundingBox())?.width).toBe(390);
  await check(page);
  await page.keyboard.press("Escape");
  await expect(sheet).toHaveCount(0);
  await page.getByRole("link", { name: "Back to the list" }).click();
  await expect(page.getByTestId("conversation-card").first()).toBeVisible();
  await expect(page.getByTestId("thread")).toHaveCount(0);
}

async function check(page: Page): Promise<void> {
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
}
