import i18next, { type TFunction } from "i18next";
import { beforeAll, expect, test } from "vitest";

import en from "../i18n/en.json";
import { ago, clock, dayLabel, dayOf, minutesLeft, urgency } from "./format";

const zone = { language: "en", timeZone: "Asia/Kuala_Lumpur" };
const now = Date.parse("2026-03-14T04:00:00Z");
const before = (minutes: number) => new Date(now - minutes * 60_000).toISOString();

let t: TFunction;
beforeAll(async () => {
  t = await i18next.createInstance().init({ lng: "en", resources: { en: { translation: en } } });
});

test("a day is the company's day, not the reader's or UTC's", () => {
  expect(dayOf("2026-03-13T16:00:00Z", zone.timeZone)).toBe("2026-03-14");
  expect(dayOf("2026-03-13T15:59:59Z", zone.timeZone)).toBe("2026-03-13");
});

test("the time of day is the company's", () => {
  expect(clock("2026-03-14T00:05:00Z", zone)).toMatch(/^8:05\s*am$/i);
});

test.each([
  [0, "now"],
  [1, "1 min"],
  [59, "59 min"],
  [60, "1 h"],
  [23 * 60 + 59, "23 h"],
  [24 * 60, "1 d"],
  [6 * 24 * 60, "6 d"],
])("%i minutes ago reads %s", (minutes, words) => {
  expect(ago(before(minutes), now, zone, t)).toBe(words);
});

test("after a week a date is shown", () => {
  expect(ago(before(7 * 24 * 60), now, zone, t)).toBe("7 Mar");
});

test("a clock that runs ahead does not show negative times", () => {
  expect(ago(before(-3), now, zone, t)).toBe("now");
});

test("days are headed Today, Yesterday, then by date, with the year when it is another", () => {
  expect(dayLabel(before(0), now, zone, t)).toBe("Today");
  expect(dayLabel(before(24 * 60), now, zone, t)).toBe("Yesterday");
  expect(dayLabel(before(3 * 24 * 60), now, zone, t)).toBe("Wednesday, 11 March");
  expect(dayLabel("2025-12-31T04:00:00Z", now, zone, t)).toContain("2025");
});

test("a waiting customer turns amber after five minutes and red after fifteen", () => {
  expect(urgency(before(4.9), now)).toBe("calm");
  expect(urgency(before(5), now)).toBe("late");
  expect(urgency(before(14.9), now)).toBe("late");
  expect(urgency(before(15), now)).toBe("overdue");
});

test("a pause that is about to end still counts as a minute", () => {
  expect(minutesLeft(before(-23.2), now)).toBe(24);
  expect(minutesLeft(before(2), now)).toBe(1);
});
