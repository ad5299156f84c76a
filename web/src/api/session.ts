/** What a tab must know to renew its session together with the other tabs. */
export type SessionDoor = {
  /** refresh asks the server for new cookies. */
  refresh: () => Promise<Response>;
  /** exclusive runs work while no other tab runs its own. */
  exclusive: <T>(work: () => Promise<T>) => Promise<T>;
  /** renewedAt is when any tab last renewed the session, in ms. */
  renewedAt: () => number;
  markRenewed: (at: number) => void;
  now: () => number;
};

/**
 * createRenewal returns a function that renews the session once, however many
 * requests of however many tabs ask for it at the same time. It answers false
 * when the session is over, and throws when the server could not be asked.
 */
export function createRenewal(door: SessionDoor): (refusedAt: number) => Promise<boolean> {
  let running: Promise<boolean> | null = null;

  async function renew(refusedAt: number): Promise<boolean> {
    return door.exclusive(async () => {
      if (door.renewedAt() >= refusedAt) return true;
      const response = await door.refresh();
      if (response.ok) {
        door.markRenewed(door.now());
        return true;
      }
      if (response.status === 401 || response.status === 403) return false;
      throw new Error(`session refresh answered ${response.status}`);
    });
  }

  return (refusedAt) => {
    running ??= renew(refusedAt).finally(() => {
      running = null;
    });
    return running;
  };
}

const RENEWED_KEY = "sembang-session-renewed";

/** browserDoor renews through Web Locks and local storage, which all tabs share. */
export function browserDoor(): SessionDoor {
  return {
    refresh: () =>
      fetch("/api/v1/auth/refresh", {
        method: "POST",
        credentials: "same-origin",
        headers: { "content-type": "application/json" },
        body: "{}",
      }),
    exclusive: (work) => {
      if (!navigator.locks) return work();
      return navigator.locks.request("sembang-session", work) as ReturnType<typeof work>;
    },
    renewedAt: () => Number(localStorage.getItem(RENEWED_KEY) ?? 0),
    markRenewed: (at) => localStorage.setItem(RENEWED_KEY, String(at)),
    now: () => Date.now(),
  };
}
