import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import en from "./en";
import ms from "./ms";
import zh from "./zh";

type Words = { [key: string]: string | Words };

const languages: Record<string, Words> = { en, ms, zh };

function flat(words: Words, before = ""): Map<string, string> {
  const all = new Map<string, string>();
  for (const [key, value] of Object.entries(words)) {
    if (typeof value === "string") all.set(before + key, value);
    else flat(value, `${before}${key}.`).forEach((text, path) => all.set(path, text));
  }
  return all;
}

function placeholders(text: string): string[] {
  return (text.match(/{{\w+}}/g) ?? []).sort();
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.tsx?$/.test(entry.name) && !entry.name.endsWith(".test.ts") && !/^(en|ms|zh)\.ts$/.test(entry.name) ? [readFileSync(path, "utf8")] : [];
  });
}

const english = flat(en);

describe.each(Object.keys(languages))("words in %s", (code) => {
  const words = flat(languages[code] ?? {});

  test("have every key and no other", () => {
    expect([...words.keys()].sort()).toEqual([...english.keys()].sort());
  });

  test("say something under every key", () => {
    expect([...words].filter(([, text]) => text.trim() === "")).toEqual([]);
  });

  test("keep every placeholder", () => {
    const lost = [...words].filter(([key, text]) => placeholders(text).join() !== placeholders(english.get(key) ?? "").join());
    expect(lost).toEqual([]);
  });
});

test("every word is used somewhere", () => {
  const code = sources(join(import.meta.dirname, "..")).join("\n");
  const literals = new Set([...code.matchAll(/["`]([a-z][\w.]*)["`]/g)].map((match) => match[1]));
  const patterns = [...code.matchAll(/`([a-z][\w.]*\.)?(\w*)\${[^`]*}(\w*)`/gi)].map((match) => ({
    before: `${match[1] ?? ""}${match[2] ?? ""}`,
    after: match[3] ?? "",
  }));
  const used = (key: string) =>
    literals.has(key) || patterns.some(({ before, after }) => before !== "" && key.startsWith(before) && key.endsWith(after));
  const unused = [...english.keys()].map((key) => key.replace(/_(one|other)$/, "")).filter((key) => !used(key));
  expect(unused).toEqual([]);
});
