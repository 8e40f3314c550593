// End-to-end tests: the real program, real browsers, real calls. `npm run e2e`; the pictures of the
// README: `npm run screenshots`. Both need `cargo build -p web --bin helpline` and `npm run build`.
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  // A call takes its time; a state that does not come fails long before this.
  timeout: 90_000,
  globalTimeout: 15 * 60_000,
  // Each worker has a helpline of its own. More would fight for two cores and prove less.
  workers: 2,
  fullyParallel: false,
  retries: 0,
  forbidOnly: true,
  reporter: [["list"]],
  projects: [
    { name: "calls", testMatch: "**/*.spec.ts" },
    { name: "pictures", testMatch: "**/*.pictures.ts" },
  ],
});
