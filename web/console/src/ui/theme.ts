// Mantine under our tokens. Its variables are set in styles/mantine.css, not in a <style> element,
// so that the content security policy can refuse inline styles; for the same reason no component
// with responsive style props is used.
import { Button, createTheme, type MantineColorsTuple } from "@mantine/core";
import { useSyncExternalStore } from "react";

export type Scheme = "light" | "dark";
const SCHEME_KEY = "helpline.scheme";

const accent = Array.from({ length: 10 }, () => "#0B5D5A") as unknown as MantineColorsTuple;

export const theme = createTheme({
  primaryColor: "accent",
  colors: { accent },
  defaultRadius: 4,
  focusRing: "never", // Ours, in base.css.
  respectReducedMotion: true,
  activeClassName: "",
  components: {
    Button: Button.extend({
      defaultProps: { variant: "default" },
      vars: (_theme, props) => ({
        root: {
          "--button-height": "var(--control)",
          "--button-padding-x": "12px",
          "--button-fz": "var(--fs-s)",
          ...(props.variant === "filled"
            ? {
                "--button-bg": "var(--accent)",
                "--button-hover": "var(--accent-hover)",
                "--button-color": "var(--on-accent)",
                "--button-bd": "1px solid var(--accent)",
              }
            : {
                "--button-bg": "var(--surface)",
                "--button-hover": "var(--sunken)",
                "--button-color": "var(--ink)",
                "--button-bd": "1px solid var(--line-strong)",
              }),
        },
      }),
    }),
  },
});

let scheme: Scheme = initial();
const listeners = new Set<() => void>();
apply();

export function setScheme(next: Scheme): void {
  scheme = next;
  localStorage.setItem(SCHEME_KEY, next);
  apply();
  for (const listener of listeners) listener();
}

export function useScheme(): Scheme {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => scheme,
  );
}

function initial(): Scheme {
  const stored = localStorage.getItem(SCHEME_KEY);
  if (stored === "light" || stored === "dark") return stored;
  return globalThis.matchMedia?.("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

function apply(): void {
  document.documentElement.dataset.theme = scheme;
}
