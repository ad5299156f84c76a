import type { Problem } from "./types";

/** ApiError is an answer of the server that says no, with what a person needs to report it. */
export class ApiError extends Error {
  readonly status: number;
  readonly detail: string | null;
  readonly requestId: string | null;
  readonly retryAfterSeconds: number | null;

  constructor(response: Response, problem: Partial<Problem> | undefined) {
    super(problem?.title ?? `HTTP ${response.status}`);
    this.name = "ApiError";
    this.status = response.status;
    this.detail = problem?.detail ?? null;
    this.requestId = problem?.request_id ?? response.headers.get("x-request-id");
    this.retryAfterSeconds = retryAfter(response.headers.get("retry-after"), Date.now());
  }
}

/** retryAfter reads both forms of the header: seconds, and a date. */
export function retryAfter(header: string | null, now: number): number | null {
  if (!header) return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, Math.ceil(seconds));
  const date = Date.parse(header);
  if (Number.isNaN(date)) return null;
  return Math.max(0, Math.ceil((date - now) / 1000));
}

/** worthRetrying says whether the same request may succeed a moment later. */
export function worthRetrying(error: unknown): boolean {
  if (error instanceof ApiError) return error.status >= 500 || error.status === 408;
  return true;
}
