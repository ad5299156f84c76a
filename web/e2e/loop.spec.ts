import { expect, test } from "@playwright/test";

import { admin, bubbles, openConversation, openPhone, signIn, write } from "./world";

test("a customer is answered, an agent takes over, answers and gives back, live on both sides", async ({ page, context }) => {
  const customer = `Nurul ${Date.now() % 100_000}`;
  await signIn(page, admin);
  await page.getByTestId("view-all").click();

  const phone = await context.newPage();
  await openPhone(phone, customer);
  await write(phone, "Hi, berapa harga kek coklat?");
  await expect(bubbles(phone, "business")).toHaveCount(1);
  const answer = (await bubbles(phone, "business").first().getByTestId("bubble-text").innerText()).split("\n")[0] ?? "";

  await page.bringToFront();
  await openConversation(page, customer);
  await expect(page.getByTestId("message-contact")).toContainText("berapa harga kek coklat");
  await expect(page.getByTestId("message-bot")).toContainText(answer);
  await expect(page.getByTestId("bot-strip")).toContainText("AI is answering");

  await page.getByTestId("takeover").click();
  await expect(page.getByTestId("bot-strip")).toContainText("You took over");
  await page.getByTestId("composer").fill("Hai, saya Siti. Boleh saya bantu?");
  await page.getByTestId("composer").press("Enter");
  const mine = page.getByTestId("message-agent").filter({ hasText: "saya Siti" });
  await expect(mine.getByTestId("message-state")).toHaveAttribute("data-state", "sent");
  await expect(bubbles(phone, "business").last()).toContainText("Hai, saya Siti. Boleh saya bantu?");

  await write(phone, "Terima kasih! Ada diskaun?");
  await expect(page.getByTestId("message-contact").last()).toContainText("Ada diskaun?");
  await expect(bubbles(phone, "business")).toHaveCount(2);

  await page.getByTestId("resume").click();
  await expect(page.getByTestId("bot-strip")).toContainText("AI is answering");
  await write(phone, "What time do you open?");
  await expect(bubbles(phone, "business").last()).not.toContainText("saya Siti");
  await expect(page.getByTestId("message-bot").last()).toBeVisible();
  await expect(page.getByTestId("event-taken_over")).toBeAttached();
  await expect(page.getByTestId("event-resumed")).toBeAttached();
});

test("a reply says how it came about", async ({ page, context }) => {
  const customer = `Mei Ling ${Date.now() % 100_000}`;
  await signIn(page, admin);
  await page.getByTestId("view-all").click();
  const phone = await context.newPage();
  await openPhone(phone, customer, "telegram");
  await write(phone, "请问巧克力蛋糕多少钱？");
  await expect(bubbles(phone, "business").first()).toBeVisible();

  await page.bringToFront();
  await openConversation(page, customer);
  await page.getByTestId("provenance").first().click();
  const steps = page.getByTestId("provenance-steps");
  await expect(steps).toContainText("Templates considered");
  await expect(steps).toContainText("Chinese");
  await expect(steps).toContainText("Time and cost");
});

test("a conversation is completed and the completion undone", async ({ page, context }) => {
  const customer = `Rajesh ${Date.now() % 100_000}`;
  await signIn(page, admin);
  await page.getByTestId("view-all").click();
  const phone = await context.newPage();
  await openPhone(phone, customer);
  await write(phone, "Do you have brownies?");

  await page.bringToFront();
  await openConversation(page, customer);
  await page.getByTestId("complete").click();
  await page.getByRole("menuitem", { name: "Won: a sale" }).click();
  await expect(page.getByRole("button", { name: "Reopen" })).toBeVisible();
  await expect(page.getByTestId("event-completed")).toContainText("won");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByTestId("complete")).toBeVisible();
});

test("a message that could not be sent is kept, and sent once by Retry", async ({ page, context }) => {
  const customer = `Farah ${Date.now() % 100_000}`;
  await signIn(page, admin);
  await page.getByTestId("view-all").click();
  const phone = await context.newPage();
  await openPhone(phone, customer);
  await write(phone, "Hello");
  await expect(bubbles(phone, "business").first()).toBeVisible();

  await page.bringToFront();
  await openConversation(page, customer);
  const keys: string[] = [];
  await page.route("**/api/v1/conversations/*/messages", (route) => {
    if (route.request().method() !== "POST") return route.continue();
    keys.push(route.request().headers()["idempotency-key"] ?? "");
    return route.fulfill({ status: 409, contentType: "application/problem+json", body: "{}" });
  });
  await page.getByTestId("composer").fill("Sampai sekali sahaja");
  await page.getByTestId("send").click();
  await expect(page.getByTestId("message-outgoing")).toContainText("Not sent");
  await page.unroute("**/api/v1/conversations/*/messages");
  const retried = page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/messages"));
  await page.getByTestId("message-outgoing").getByRole("button", { name: "Retry" }).click();
  expect((await retried).headers()["idempotency-key"]).toBe(keys[0]);
  await expect(page.getByTestId("message-agent").filter({ hasText: "Sampai sekali sahaja" })).toHaveCount(1);
  await expect(page.getByTestId("message-outgoing")).toHaveCount(0);
  await expect(bubbles(phone, "business").filter({ hasText: "Sampai sekali sahaja" })).toHaveCount(1);
});
