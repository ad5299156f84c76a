import { infiniteQueryOptions } from "@tanstack/react-query";

import { api, unwrap } from "../api/client";
import { keys } from "../api/keys";
import { asQuery, type AuditSearch } from "./search";

const PAGE = 100;

/** auditQuery reads a company's log by its id (the operator), or one's own without. */
export function auditQuery(search: AuditSearch, companyId?: string) {
  return infiniteQueryOptions({
    queryKey: keys.audit(search, companyId),
    queryFn: ({ pageParam, signal }) => {
      const query = { ...asQuery(search), cursor: pageParam ?? undefined, limit: PAGE };
      if (companyId) return unwrap(api.GET("/api/v1/companies/{id}/audit", { params: { path: { id: companyId }, query }, signal }));
      return unwrap(api.GET("/api/v1/audit", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
  });
}
