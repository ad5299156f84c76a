import type { Message, MessagePage } from "../api/types";

/**
 * Thread is what is loaded of a conversation's messages, oldest first.
 * prepended counts the messages loaded upward, so that a list that grows at
 * the top keeps its place.
 */
export type Thread = { messages: Message[]; olderCursor: string | null; prepended: number };

/**
 * withNewest puts the newest page on what is already loaded. When messages are
 * missing in between, it starts again from the page alone.
 */
export function withNewest(cached: Thread | undefined, page: MessagePage): Thread {
  const first = page.items[0];
  const newestCached = cached?.messages.at(-1);
  const fresh: Thread = { messages: page.items, olderCursor: page.next_cursor, prepended: 0 };
  if (!cached || !first || !newestCached) return fresh;
  if (page.next_cursor !== null && newestCached.seq < first.seq) return fresh;
  const kept = cached.messages.filter((message) => message.seq < first.seq);
  return { ...cached, messages: [...kept, ...page.items] };
}

/** withOlder puts an older page above what is loaded. */
export function withOlder(cached: Thread, page: MessagePage): Thread {
  const first = cached.messages[0];
  const older = first ? page.items.filter((message) => message.seq < first.seq) : page.items;
  return {
    messages: [...older, ...cached.messages],
    olderCursor: page.next_cursor,
    prepended: cached.prepended + older.length,
  };
}

/** withMessage puts one message in its place, or replaces it. */
export function withMessage(cached: Thread, message: Message): Thread {
  const others = cached.messages.filter((other) => other.id !== message.id);
  const after = others.findIndex((other) => other.seq > message.seq);
  const at = after < 0 ? others.length : after;
  return { ...cached, messages: [...others.slice(0, at), message, ...others.slice(at)] };
}

/** Outgoing is a message the person has sent and the server has not yet confirmed. */
export type Outgoing = { key: string; text: string; submittedAt: number; failed: boolean };

const CLOCK_SLACK_MS = 60_000;

/**
 * unconfirmed leaves out what the thread already shows: the live event of a
 * message can overtake the answer to the request that sent it.
 */
export function unconfirmed(outgoing: Outgoing[], messages: Message[]): Outgoing[] {
  const unmatched = messages.filter((message) => message.author === "agent");
  return outgoing.filter((mine) => {
    if (mine.failed) return true;
    const match = unmatched.findIndex(
      (message) => message.text === mine.text && Date.parse(message.at) >= mine.submittedAt - CLOCK_SLACK_MS,
    );
    if (match < 0) return true;
    unmatched.splice(match, 1);
    return false;
  });
}

/** Place is how a message sits below the one before it. */
export type Place = { newDay: boolean; startsGroup: boolean };

const GROUP_MS = 5 * 60_000;

/** place groups what one author wrote within five minutes of the same day. */
export function place(messages: Message[], index: number, dayOf: (at: string) => string): Place {
  const message = messages[index];
  const before = messages[index - 1];
  if (!message || !before) return { newDay: true, startsGroup: true };
  const newDay = dayOf(before.at) !== dayOf(message.at);
  return { newDay, startsGroup: newDay || !sameGroup(before, message) };
}

function sameGroup(one: Message, two: Message): boolean {
  return (
    one.direction === two.direction &&
    one.author === two.author &&
    one.author_name === two.author_name &&
    Date.parse(two.at) - Date.parse(one.at) < GROUP_MS
  );
}
