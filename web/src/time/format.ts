import type { TFunction } from "i18next";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const locales: Record<string, string> = { en: "en-MY", ms: "ms-MY", zh: "zh-CN" };

/** Zone is where and in which language times are shown: the company's, not the browser's. */
export type Zone = { language: string; timeZone: string };

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: Zone, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone.language}|${zone.timeZone}|${JSON.stringify(options)}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(locales[zone.language] ?? zone.language, { timeZone: zone.timeZone, ...options });
    formats.set(key, found);
  }
  return found;
}

/** dayOf names the calendar day of a moment, as 2026-03-14. */
export function dayOf(at: string | number, timeZone: string): string {
  const parts = format({ language: "en-CA", timeZone }, { year: "numeric", month: "2-digit", day: "2-digit" });
  return parts.format(new Date(at));
}

/** clock shows the time of day. */
export function clock(at: string, zone: Zone): string {
  return format(zone, { hour: "numeric", minute: "2-digit" }).format(new Date(at));
}

/** exact shows day and time in full, for tooltips and details. */
export function exact(at: string, zone: Zone): string {
  return format(zone, { dateStyle: "medium", timeStyle: "short" }).format(new Date(at));
}

/** dayLabel heads the messages of one day. */
export function dayLabel(at: string, now: number, zone: Zone, t: TFunction): string {
  const day = dayOf(at, zone.timeZone);
  if (day === dayOf(now, zone.timeZone)) return t("time.today");
  if (day === dayOf(now - DAY, zone.timeZone)) return t("time.yesterday");
  const sameYear = day.slice(0, 4) === dayOf(now, zone.timeZone).slice(0, 4);
  const options: Intl.DateTimeFormatOptions = { weekday: "long", day: "numeric", month: "long" };
  return format(zone, sameYear ? options : { ...options, year: "numeric" }).format(new Date(at));
}

/** ago is short and relative for a week, then a date. */
export function ago(at: string, now: number, zone: Zone, t: TFunction): string {
  const passed = now - Date.parse(at);
  if (passed < MINUTE) return t("time.now");
  if (passed < HOUR) return t("time.minutes", { n: Math.floor(passed / MINUTE) });
  if (passed < DAY) return t("time.hours", { n: Math.floor(passed / HOUR) });
  if (passed < 7 * DAY) return t("time.days", { n: Math.floor(passed / DAY) });
  return format(zone, { day: "numeric", month: "short" }).format(new Date(at));
}

/** Urgency is how long a customer has waited, in three steps. */
export type Urgency = "calm" | "late" | "overdue";

const LATE_AFTER = 5 * MINUTE;
const OVERDUE_AFTER = 15 * MINUTE;

/** urgency says from when a waiting customer turns amber and red. */
export function urgency(waitingSince: string, now: number): Urgency {
  const waited = now - Date.parse(waitingSince);
  if (waited >= OVERDUE_AFTER) return "overdue";
  return waited >= LATE_AFTER ? "late" : "calm";
}

/** minutesLeft counts the minutes until a moment, never below one. */
export function minutesLeft(until: string, now: number): number {
  return Math.max(1, Math.ceil((Date.parse(until) - now) / MINUTE));
}
