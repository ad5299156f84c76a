import { expect, test } from "vitest";

import { createRenewal, type SessionDoor } from "./session";

/** tabs shares one session between doors, as the tabs of one browser do. */
function tabs(answers: number[]) {
  const shared = { renewedAt: 0, now: 100, asked: 0, last: Promise.resolve() as Promise<unknown> };
  const door = (): SessionDoor => ({
    refresh: async () => {
      shared.asked += 1;
      return new Response(null, { status: answers.shift() ?? 200 });
    },
    exclusive: (work) => {
      const next = shared.last.then(work, work);
      shared.last = next.catch(() => undefined);
      return next;
    },
    renewedAt: () => shared.renewedAt,
    markRenewed: (at) => {
      shared.renewedAt = at;
    },
    now: () => shared.now,
  });
  return { shared, door };
}

test("many requests refused at once renew the session once", async () => {
  const { shared, door } = tabs([200]);
  const renew = createRenewal(door());
  expect(await Promise.all([renew(50), renew(51), renew(52)])).toEqual([true, true, true]);
  expect(shared.asked).toBe(1);
});

test("two tabs refused at once renew the session once", async () => {
  const { shared, door } = tabs([200]);
  const [one, two] = [createRenewal(door()), createRenewal(door())];
  expect(await Promise.all([one(50), two(50)])).toEqual([true, true]);
  expect(shared.asked).toBe(1);
});

test("a request refused after the renewal renews again", async () => {
  const { shared, door } = tabs([200, 200]);
  const renew = createRenewal(door());
  await renew(50);
  shared.now = 300;
  await renew(200);
  expect(shared.asked).toBe(2);
});

test("a session the server no longer knows is over", async () => {
  const { door } = tabs([401]);
  expect(await createRenewal(door())(50)).toBe(false);
});

test("a server in trouble does not end the session", async () => {
  const { shared, door } = tabs([503, 200]);
  const renew = createRenewal(door());
  await expect(renew(50)).rejects.toThrow("503");
  expect(await renew(50)).toBe(true);
  expect(shared.asked).toBe(2);
});
