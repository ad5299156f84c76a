import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { sessionFetch } from "../api/client";
import { createApplier } from "./apply";
import { follow, type LiveState } from "./stream";

const STREAM = "/api/v1/events";

/** useLive keeps the screen true to the server and tells whether it is connected. */
export function useLive(): LiveState {
  const client = useQueryClient();
  const [state, setState] = useState<LiveState>("connecting");

  useEffect(() => {
    const stop = new AbortController();
    void follow({ open, onEvent: createApplier(client), onState: setState, signal: stop.signal });
    return () => stop.abort();
  }, [client]);

  return state;
}

function open(lastEventId: string | null, signal: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { accept: "text/event-stream" };
  if (lastEventId) headers["last-event-id"] = lastEventId;
  return sessionFetch(new Request(STREAM, { headers, signal, credentials: "same-origin", cache: "no-store" }));
}
