import { expect, test } from "vitest";

import { ApiError, retryAfter, worthRetrying } from "./problem";

const now = Date.parse("2026-03-14T04:00:00Z");

test.each([
  [null, null],
  ["95", 95],
  ["Sat, 14 Mar 2026 04:02:00 GMT", 120],
  ["Sat, 14 Mar 2026 03:00:00 GMT", 0],
  ["soon", null],
])("Retry-After %s means %s seconds", (header, seconds) => {
  expect(retryAfter(header, now)).toBe(seconds);
});

test("an answer keeps the request's number and the detail for the person", () => {
  const response = new Response(null, { status: 409, headers: { "x-request-id": "r-1" } });
  expect(new ApiError(response, { title: "Conflict", detail: "Key used" })).toMatchObject({
    status: 409,
    requestId: "r-1",
    detail: "Key used",
    message: "Conflict",
  });
});

test("only what may pass by itself is tried again", () => {
  const answer = (status: number) => new ApiError(new Response(null, { status }), undefined);
  expect([503, 500, 408].map((status) => worthRetrying(answer(status)))).toEqual([true, true, true]);
  expect([400, 401, 403, 404, 409, 422, 429].map((status) => worthRetrying(answer(status)))).not.toContain(true);
  expect(worthRetrying(new TypeError("network"))).toBe(true);
});
