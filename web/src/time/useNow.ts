import { useSyncExternalStore } from "react";

const TICK_MS = 10_000;

let current = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) {
    current = Date.now();
    timer = setInterval(tick, TICK_MS);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function tick() {
  current = Date.now();
  listeners.forEach((each) => each());
}

/** useNow is the time, renewed every ten seconds for the whole screen at once. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => current);
}
