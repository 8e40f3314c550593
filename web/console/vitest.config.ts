import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/testing/setup.ts"],
    css: false,
    // Generous: the machine may be busy with the rest of the tests; a hanging test still ends.
    testTimeout: 60_000,
    // Two cores are shared with the rest of `make test`.
    maxWorkers: 2,
  },
});
