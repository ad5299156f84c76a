import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";

import { api } from "../api/client";

/** useLogout ends the session and forgets what was loaded with it. */
export function useLogout(): () => void {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useCallback(() => {
    void (async () => {
      // A server that cannot be reached must not keep a person signed in on the screen.
      await api.POST("/api/v1/auth/logout").catch(() => undefined);
      await navigate({ to: "/login" });
      client.clear();
    })();
  }, [client, navigate]);
}
