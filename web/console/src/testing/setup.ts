// What jsdom lacks and every test needs: words, an empty memory, and no way out to a network.
import { cleanup } from "@testing-library/react";
import { afterEach, beforeEach, vi } from "vitest";
import { setLanguage, startWords } from "../i18n";

startWords("en");

vi.mock("idb-keyval", () => {
  const kept = new Map<string, unknown>();
  return {
    get: async (key: string) => kept.get(key),
    set: async (key: string, value: unknown) => void kept.set(key, value),
    del: async (key: string) => void kept.delete(key),
    clear: async () => kept.clear(),
  };
});

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  setLanguage("en");
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no network in tests")));
  vi.stubGlobal("matchMedia", (media: string) => ({
    media,
    matches: false,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }));
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
  // Mantine's text areas watch their fonts.
  Object.defineProperty(document, "fonts", {
    configurable: true,
    value: { addEventListener: () => undefined, removeEventListener: () => undefined },
  });
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});
