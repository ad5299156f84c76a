import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";

import { ApiError } from "./api/problem";
import type { DeliveryState, Sort, View } from "./api/types";
import { setLanguage } from "./i18n/language";
import { homeOf, meQuery } from "./session/me";
import { PageFailed, PageLoading, PageMissing } from "./shell/PageState";

type Context = { client: QueryClient };

const root = createRootRouteWithContext<Context>()({ notFoundComponent: PageMissing });

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  validateSearch: (search: Record<string, unknown>): { next?: string } => ({ next: localPath(search.next) }),
  component: lazyRouteComponent(() => import("./session/LoginPage"), "LoginPage"),
});

const signedIn = createRoute({
  getParentRoute: () => root,
  id: "signed-in",
  beforeLoad: async ({ context, location }) => {
    try {
      const me = await context.client.ensureQueryData(meQuery);
      await setLanguage(me.language);
      return { me };
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        throw redirect({ to: "/login", search: { next: location.pathname === "/" ? undefined : location.href } });
      }
      throw error;
    }
  },
  component: lazyRouteComponent(() => import("./shell/Shell"), "Shell"),
});

const home = createRoute({
  getParentRoute: () => signedIn,
  path: "/",
  beforeLoad: ({ context }) => {
    throw redirect({ to: homeOf(context.me) });
  },
});

const views: View[] = ["mine", "waiting", "unassigned", "all", "resolved"];

/** InboxSearch is what the address says about the inbox, so that it can be shared and gone back to. */
export type InboxSearch = { view?: View; sort?: Sort; q?: string };

const inbox = createRoute({
  getParentRoute: () => signedIn,
  path: "/inbox",
  validateSearch: (search: Record<string, unknown>): InboxSearch => ({
    view: views.find((view) => view === search.view),
    sort: search.sort === "recent" || search.sort === "waiting" ? search.sort : undefined,
    q: typeof search.q === "string" && search.q !== "" ? search.q : undefined,
  }),
  component: lazyRouteComponent(() => import("./inbox/InboxPage"), "InboxPage"),
});

const nothingChosen = createRoute({
  getParentRoute: () => inbox,
  path: "/",
  component: lazyRouteComponent(() => import("./inbox/NothingChosen"), "NothingChosen"),
});

const conversation = createRoute({
  getParentRoute: () => inbox,
  path: "$conversationId",
  component: lazyRouteComponent(() => import("./inbox/ConversationPane"), "ConversationPane"),
});

const deliveryStates: DeliveryState[] = ["poison", "pending", "done"];

const deliveries = createRoute({
  getParentRoute: () => signedIn,
  path: "/deliveries",
  validateSearch: (search: Record<string, unknown>): { state?: DeliveryState } => ({
    state: deliveryStates.find((state) => state === search.state),
  }),
  component: lazyRouteComponent(() => import("./deliveries/DeliveriesPage"), "DeliveriesPage"),
});

const settings = createRoute({
  getParentRoute: () => signedIn,
  path: "/settings",
  component: lazyRouteComponent(() => import("./settings/SettingsPage"), "SettingsPage"),
});

const settingsHome = createRoute({
  getParentRoute: () => settings,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/settings/audit" });
  },
});

const audit = createRoute({
  getParentRoute: () => settings,
  path: "audit",
  component: lazyRouteComponent(() => import("./audit/AuditPage"), "AuditSection"),
});

const platformAudit = createRoute({
  getParentRoute: () => signedIn,
  path: "/platform/audit",
  component: lazyRouteComponent(() => import("./audit/AuditPage"), "AuditPage"),
});

const platform = createRoute({
  getParentRoute: () => signedIn,
  path: "/platform",
  component: lazyRouteComponent(() => import("./platform/PlatformPage"), "PlatformPage"),
});

const tree = root.addChildren([
  login,
  signedIn.addChildren([home, inbox.addChildren([nothingChosen, conversation]), deliveries, settings.addChildren([settingsHome, audit]), platform, platformAudit]),
]);

/** createAppRouter ties addresses to pages; each page is loaded when it is first opened. */
export function createAppRouter(client: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { client },
    defaultPreload: "intent",
    defaultPendingComponent: PageLoading,
    defaultErrorComponent: PageFailed,
  });
}

/** localPath accepts only an address of this app, so that a link cannot lead a login elsewhere. */
function localPath(next: unknown): string | undefined {
  return typeof next === "string" && /^\/(?![/\\])/.test(next) ? next : undefined;
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
