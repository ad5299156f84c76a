import { queryOptions, useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";

import { api, unwrap } from "../api/client";
import { keys } from "../api/keys";
import type { Me } from "../api/types";
import { setLanguage } from "../i18n/language";
import type { Zone } from "../time/format";
import { useTranslation } from "react-i18next";

/** meQuery asks who is signed in. */
export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: () => unwrap(api.GET("/api/v1/me")),
  staleTime: 5 * 60_000,
});

/** useMe is the person signed in, inside the part of the app that requires one. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

/** useZone is how this person reads times. */
export function useZone(): Zone {
  const me = useMe();
  const { i18n } = useTranslation();
  return { language: i18n.language, timeZone: me.company.timezone || "Asia/Kuala_Lumpur" };
}

/** useUpdateMe changes the person's language or availability, on the screen at once. */
export function useUpdateMe() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: Partial<Pick<Me, "language" | "availability">>) => unwrap(api.PATCH("/api/v1/me", { body: change })),
    onMutate: async (change) => {
      if (change.language) await setLanguage(change.language);
      await client.cancelQueries({ queryKey: keys.me });
      const before = client.getQueryData<Me>(keys.me);
      if (before) client.setQueryData<Me>(keys.me, { ...before, ...change });
      return { before };
    },
    onError: (_error, _change, context) => {
      if (!context?.before) return;
      client.setQueryData<Me>(keys.me, context.before);
      void setLanguage(context.before.language);
    },
    onSuccess: (me) => client.setQueryData<Me>(keys.me, me),
  });
}

/** homeOf is the page a role lands on. */
export function homeOf(me: Me): "/inbox" | "/platform" {
  return me.role === "super_admin" ? "/platform" : "/inbox";
}
