import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "@mantine/spotlight/styles.css";
import "./ui/tokens.css";

import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { sessionEnd } from "./api/client";
import { worthRetrying } from "./api/problem";
import { startLanguage } from "./i18n/language";
import { createAppRouter } from "./router";
import { resolver, theme } from "./theme";

const client = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 60_000, retry: (failures, error) => failures < 2 && worthRetrying(error) },
    mutations: { retry: false },
  },
});

const router = createAppRouter(client);

sessionEnd.addEventListener("end", () => {
  if (router.state.location.pathname === "/login") return;
  client.clear();
  void router.navigate({ to: "/login", search: { next: router.state.location.href } });
});

async function start() {
  await startLanguage();
  const place = document.getElementById("root");
  if (!place) throw new Error("index.html has no root");
  createRoot(place).render(
    <StrictMode>
      <MantineProvider theme={theme} cssVariablesResolver={resolver} defaultColorScheme="auto">
        <QueryClientProvider client={client}>
          <Notifications position="bottom-right" autoClose={4000} limit={4} />
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}

void start();
