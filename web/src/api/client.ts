import createClient from "openapi-fetch";

import { ApiError } from "./problem";
import type { paths } from "./schema";
import { browserDoor, createRenewal } from "./session";
import type { Problem } from "./types";

/** sessionEnd fires "end" when the server no longer accepts this browser's session. */
export const sessionEnd = new EventTarget();

const renew = createRenewal(browserDoor());

/**
 * sessionFetch sends a request with the session's cookies; when the access
 * cookie has run out, it renews the session and sends the request once more.
 */
export async function sessionFetch(input: Request): Promise<Response> {
  const again = input.clone();
  const sentAt = Date.now();
  const response = await fetch(input);
  if (response.status !== 401 || new URL(input.url).pathname.startsWith("/api/v1/auth/")) return response;
  if (await renew(sentAt)) return fetch(again);
  sessionEnd.dispatchEvent(new Event("end"));
  return response;
}

/** api calls the server with paths and bodies checked against openapi.yaml. */
export const api = createClient<paths>({ baseUrl: window.location.origin, fetch: sessionFetch, credentials: "same-origin" });

/** unwrap turns an answer into its data, or throws an ApiError. */
export async function unwrap<T>(answer: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await answer;
  if (!response.ok) throw new ApiError(response, asProblem(error));
  return data as T;
}

function asProblem(error: unknown): Partial<Problem> | undefined {
  return typeof error === "object" && error !== null ? (error as Partial<Problem>) : undefined;
}
