import { createParser, type ServerEvent } from "./parse";

export type LiveState = "connecting" | "live" | "reconnecting";

export type StreamOptions = {
  /** open asks the server for the stream, after the event with the given id. */
  open: (lastEventId: string | null, signal: AbortSignal) => Promise<Response>;
  onEvent: (event: ServerEvent) => void;
  onState: (state: LiveState) => void;
  signal: AbortSignal;
  /** silenceMs is how long nothing may arrive, not even a heartbeat. */
  silenceMs?: number;
  random?: () => number;
};

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const SILENCE_MS = 40_000;

/**
 * follow keeps the stream open until the signal ends it. It reads with fetch
 * rather than with EventSource, which can neither renew a session nor notice
 * a connection that died without a word, as after a laptop slept.
 */
export async function follow(options: StreamOptions): Promise<void> {
  const { signal, onState, random = Math.random } = options;
  let lastEventId: string | null = null;
  let failures = 0;
  let openedOnce = false;

  while (!signal.aborted) {
    onState(openedOnce || failures > 0 ? "reconnecting" : "connecting");
    try {
      await readOnce(options, lastEventId, {
        opened: () => {
          failures = 0;
          onState("live");
          // Without an id to resume from, what happened meanwhile is unknown.
          if (openedOnce && lastEventId === null) options.onEvent({ id: null, name: "resync", data: "{}" });
          openedOnce = true;
        },
        id: (id) => {
          lastEventId = id;
        },
      });
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Refused) return;
    }
    failures += 1;
    await pause(waitMs(failures, random), signal);
  }
}

/** Refused ends the stream for good: the session is over. */
class Refused extends Error {}

type Reading = { opened: () => void; id: (id: string) => void };

async function readOnce(options: StreamOptions, lastEventId: string | null, reading: Reading): Promise<void> {
  const silence = new AbortController();
  const either = AbortSignal.any([options.signal, silence.signal]);
  const limit = options.silenceMs ?? SILENCE_MS;
  let alarm = setTimeout(() => silence.abort(), limit);
  try {
    const response = await options.open(lastEventId, either);
    if (response.status === 401) throw new Refused();
    if (!response.ok || !response.body) throw new Error(`stream answered ${response.status}`);
    reading.opened();
    const feed = createParser(options.onEvent, reading.id);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(alarm);
      alarm = setTimeout(() => silence.abort(), limit);
      feed(value);
    }
  } finally {
    clearTimeout(alarm);
  }
}

/** waitMs spreads reconnections, so that a restarted server is not met by everybody at once. */
export function waitMs(failures: number, random: () => number): number {
  const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1));
  return ceiling / 2 + (random() * ceiling) / 2;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    window.addEventListener("online", done);
    signal.addEventListener("abort", done);
  });
}
