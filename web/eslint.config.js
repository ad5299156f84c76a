import js from "@eslint/js";
import reactHooks from "eslint-plugin-react-hooks";
import globals from "globals";
import tseslint from "typescript-eslint";

const spoken = "/^(label|title|placeholder|alt|description|message|nothingFound|aria-label|aria-description)$/";

export default tseslint.config(
  { ignores: ["dist", "node_modules", "playwright-report", "test-results", "src/api/schema.d.ts"] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    plugins: { "react-hooks": reactHooks },
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      ...reactHooks.configs.recommended.rules,
      "@typescript-eslint/no-non-null-assertion": "error",
      "max-lines": ["error", 300],
      eqeqeq: "error",
      "no-console": "error",
    },
  },
  {
    // Every word on the screen comes from src/i18n, in three languages.
    files: ["src/**/*.tsx"],
    rules: {
      "no-restricted-syntax": [
        "error",
        { selector: "JSXText[value=/\\p{L}/u]", message: "Words belong in src/i18n." },
        { selector: `JSXAttribute[name.name=${spoken}] > Literal[value=/\\p{L}/u]`, message: "Words belong in src/i18n." },
        { selector: "JSXExpressionContainer > Literal[value=/\\p{L}/u]", message: "Words belong in src/i18n." },
      ],
    },
  },
  { files: ["public/*.js"], languageOptions: { globals: { ...globals.browser } } },
  { files: ["*.config.ts", "e2e/**"], languageOptions: { globals: { ...globals.node } } },
);
