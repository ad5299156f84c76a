import { getRouteApi } from "@tanstack/react-router";

import type { ListKey } from "../api/keys";
import { useMe } from "../session/me";

const route = getRouteApi("/signed-in/inbox");

/** useInboxSearch is the list the address asks for, with a role's defaults filled in. */
export function useInboxSearch(): ListKey {
  const me = useMe();
  const search = route.useSearch();
  const view = search.view ?? (me.role === "company_admin" ? "all" : "mine");
  const sort = search.sort ?? (view === "resolved" || view === "all" ? "recent" : "waiting");
  return { view, sort, q: search.q ?? "" };
}
