import { expect, test } from "vitest";

import { createParser, type ServerEvent } from "./parse";

const stream = ': hi\n\nid: e.1.1\nevent: conversation\ndata: {"id":"a",\ndata: "kind":"message"}\n\nevent: resync\r\ndata: {}\r\n\r\n';
const events: ServerEvent[] = [
  { id: "e.1.1", name: "conversation", data: '{"id":"a",\n"kind":"message"}' },
  { id: "e.1.1", name: "resync", data: "{}" },
];

function read(pieces: string[]): ServerEvent[] {
  const seen: ServerEvent[] = [];
  const feed = createParser((event) => seen.push(event));
  pieces.forEach(feed);
  return seen;
}

test("events are read whole, with the last id kept", () => {
  expect(read([stream])).toEqual(events);
});

test("it does not matter where the network cuts the stream", () => {
  for (let at = 1; at < stream.length; at++) {
    expect(read([stream.slice(0, at), stream.slice(at)]), `cut at ${at}`).toEqual(events);
  }
  expect(read([...stream])).toEqual(events);
});

test("heartbeats and events without data are none", () => {
  expect(read([": beat\n\n", "event: conversation\n\n", "id: 7\n\n"])).toEqual([]);
});

test("an event cut off by the end is not delivered", () => {
  expect(read(["event: conversation\ndata: {}\n"])).toEqual([]);
});
