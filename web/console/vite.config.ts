// Two pages from one build: the console (index.html, served at /console/) and the citizen page
// (citizen.html, served at /). Both load hashed assets from /console/assets/, which may be cached
// for ever. In development the API is proxied to a helpline running on this machine.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const api = process.env.HELPLINE_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  base: "/console/",
  plugins: [react()],
  build: {
    target: "es2022",
    // Inlined fonts and images would need data: in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: ["index.html", "citizen.html"] },
  },
  server: { proxy: { "/api": { target: api, ws: true } } },
});
