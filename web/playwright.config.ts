import { createServer, type AddressInfo } from "node:net";

import { defineConfig } from "@playwright/test";

// Workers read this file again and must meet the same server.
process.env.SEMBANG_E2E_PORT ??= String(await freePort());
process.env.SEMBANG_E2E_SIM_PORT ??= String(await freePort());

const address = `127.0.0.1:${process.env.SEMBANG_E2E_PORT}`;
const simAddress = `127.0.0.1:${process.env.SEMBANG_E2E_SIM_PORT}`;

export default defineConfig({
  testDir: "e2e",
  fullyParallel: false,
  workers: 1,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [["list"]],
  use: {
    baseURL: `http://${address}`,
    locale: "en-GB",
    timezoneId: "Asia/Kuala_Lumpur",
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      // Chromium's own sandbox does not start as root.
      args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
    },
  },
  webServer: {
    command: `node e2e/server.mjs ${address} ${simAddress}`,
    url: `http://${address}/readyz`,
    timeout: 180_000,
    reuseExistingServer: false,
    gracefulShutdown: { signal: "SIGTERM", timeout: 30_000 },
  },
});

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
