import { expect, test } from "vitest";

import { firstLanguage } from "./language";

test("the language chosen before wins over the browser's", () => {
  expect(firstLanguage("zh", ["ms-MY", "en"])).toBe("zh");
});

test("the first of the browser's languages that is spoken here is taken", () => {
  expect(firstLanguage(null, ["ta-MY", "ms-MY", "en"])).toBe("ms");
  expect(firstLanguage(null, ["zh-Hant-TW"])).toBe("zh");
});

test("an Indonesian browser reads Malay", () => {
  expect(firstLanguage(null, ["id-ID", "en"])).toBe("ms");
});

test("a language nobody here speaks becomes English", () => {
  expect(firstLanguage("xx", ["fr", "de"])).toBe("en");
});
