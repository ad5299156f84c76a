import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

const brand: MantineColorsTuple = [
  "#eef1ff", "#e0e5ff", "#c7d0fe", "#a5b1fc", "#8289f8", "#6a66f1", "#5b4fe6", "#4d40cb", "#3f37a4", "#373482",
];
const dark: MantineColorsTuple = [
  "#d6dae3", "#b4bac8", "#98a0b3", "#6b7386", "#3d4454", "#2e3442", "#232834", "#1a1e28", "#13161e", "#0d1016",
];

export const theme = createTheme({
  primaryColor: "brand",
  primaryShade: { light: 6, dark: 6 },
  colors: { brand, dark },
  defaultRadius: "md",
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif',
  fontSizes: { xs: "0.75rem", sm: "0.875rem", md: "0.875rem", lg: "1rem", xl: "1.25rem" },
  headings: { fontWeight: "650" },
  cursorType: "pointer",
  focusRing: "auto",
  respectReducedMotion: true,
});

/** resolver darkens Mantine's greys until small text on them can be read. */
export const resolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#556070",
    "--mantine-color-placeholder": "#667085",
    "--mantine-color-error": "#c01c28",
  },
  dark: {
    "--mantine-color-dimmed": "#a3abbd",
    "--mantine-color-placeholder": "#8b93a6",
    "--mantine-color-error": "#ff8f8f",
  },
});
