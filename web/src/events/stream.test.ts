import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { ServerEvent } from "./parse";
import { follow, waitMs, type LiveState } from "./stream";

type Step = (signal: AbortSignal) => Response | Promise<Response>;

const says = (...pieces: string[]): Step => () =>
  new Response(
    new ReadableStream({
      start(controller) {
        pieces.forEach((piece) => controller.enqueue(new TextEncoder().encode(piece)));
        controller.close();
      },
    }),
  );
const silent: Step = (signal) =>
  new Response(
    new ReadableStream({
      start: (controller) => signal.addEventListener("abort", () => controller.error(new Error("aborted"))),
    }),
  );
const refuses = (status: number): Step => () => new Response(null, { status });
const breaks: Step = () => Promise.reject(new TypeError("network"));

/** play follows a stream whose connections end one after another as the steps say. */
async function play(steps: Step[]) {
  const asked: (string | null)[] = [];
  const events: ServerEvent[] = [];
  const states: LiveState[] = [];
  const stop = new AbortController();
  const done = follow({
    signal: stop.signal,
    random: () => 0,
    onEvent: (event) => events.push(event),
    onState: (state) => states.push(state),
    open: async (lastEventId, signal) => {
      asked.push(lastEventId);
      const step = steps[asked.length - 1];
      if (!step) {
        stop.abort();
        throw new Error("over");
      }
      return step(signal);
    },
  });
  await vi.runAllTimersAsync();
  await done;
  return { asked, events, states };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("window", new EventTarget());
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("a broken connection resumes after the last event seen", async () => {
  const { asked, events, states } = await play([says("id: e.1.9\nevent: conversation\ndata: {}\n\n"), breaks, silent]);
  expect(asked.slice(0, 3)).toEqual([null, "e.1.9", "e.1.9"]);
  expect(events.map(({ name }) => name)).toEqual(["conversation"]);
  expect(states.slice(0, 4)).toEqual(["connecting", "live", "reconnecting", "reconnecting"]);
});

test("an id that comes without an event is resumed from too", async () => {
  const { asked, events } = await play([says("retry: 2000\nid: e.1.4\n: hello\n\n"), breaks]);
  expect(asked.slice(0, 2)).toEqual([null, "e.1.4"]);
  expect(events).toEqual([]);
});

test("a connection that had nothing to resume from asks for everything again", async () => {
  const { events } = await play([says(": hi\n\n"), says(": hi\n\n")]);
  expect(events.map(({ name }) => name)).toEqual(["resync"]);
});

test("a connection that falls silent is given up and opened again", async () => {
  const { asked } = await play([silent, refuses(503), silent]);
  expect(asked.length).toBeGreaterThanOrEqual(3);
});

test("a session that is over ends the stream", async () => {
  const { asked } = await play([refuses(401), says(": never\n\n")]);
  expect(asked).toHaveLength(1);
});

test("waits grow, are spread, and stay under fifteen seconds", () => {
  expect([1, 2, 3].map((failures) => waitMs(failures, () => 0))).toEqual([250, 500, 1000]);
  expect(waitMs(1, () => 1)).toBe(500);
  expect(waitMs(50, () => 1)).toBe(15_000);
});
