// Screenshots of the built console with a made-up API, for looking at: both languages, both schemes,
// both heights. The far end of the media is a real peer connection in a second page, so the softphone
// runs as it does in service. Every name, number and record here is invented.
//   npm run build && npm run screens [folder] [name-part]
import { mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";
import * as data from "./screens-data.mjs";

const folder = process.argv[2] ?? "test-results/screens";
const only = process.argv[3] ?? "";
mkdirSync(folder, { recursive: true });

const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".woff2": "font/woff2",
  ".svg": "image/svg+xml",
};
// Stricter than the server's policy: nothing here may need inline styles or scripts.
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; " +
  "connect-src 'self' ws:; media-src 'self' blob:";

const server = createServer((request, response) => {
  const path = new URL(request.url, "http://x").pathname.replace(/^\/console\//, "/");
  const file = path === "/" && request.url === "/" ? "citizen.html" : path.slice(1);
  const name = extname(file) ? file : "index.html";
  try {
    const bytes = readFileSync(join("dist", name));
    response.writeHead(200, {
      "content-type": TYPES[extname(name)] ?? "application/octet-stream",
      "content-security-policy": POLICY,
    });
    response.end(bytes);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const origin = `http://127.0.0.1:${server.address().port}`;

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
  ],
});

/** A page that answers offers with a real peer connection. */
async function farEnd(context) {
  const page = await context.newPage();
  await page.goto(`${origin}/console/icon.svg`);
  return (sdp) =>
    page.evaluate(async (offer) => {
      const peer = new RTCPeerConnection();
      globalThis.peers = [...(globalThis.peers ?? []), peer];
      const sound = await navigator.mediaDevices.getUserMedia({ audio: true });
      for (const track of sound.getTracks()) peer.addTrack(track, sound);
      await peer.setRemoteDescription({ type: "offer", sdp: offer });
      await peer.setLocalDescription(await peer.createAnswer());
      await new Promise((resolve) => {
        if (peer.iceGatheringState === "complete") resolve();
        peer.onicegatheringstatechange = () => peer.iceGatheringState === "complete" && resolve();
      });
      return peer.localDescription.sdp;
    }, sdp);
}

async function open({ lang, scheme = "light", height = 768, width = 1366, agent, extra = {} }) {
  const context = await browser.newContext({
    viewport: { width, height },
    permissions: ["microphone"],
    colorScheme: scheme,
  });
  const answer = await farEnd(context);
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (line) => line.type() === "error" && complaints.push(line.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.addInitScript(
    ([language, theme]) => {
      localStorage.setItem("helpline.language", language);
      localStorage.setItem("helpline.scheme", theme);
    },
    [lang, scheme],
  );
  const routes = { ...data.routes, ...extra };
  await page.route("**/api/v1/**", async (route) => {
    const request = route.request();
    const path = new URL(request.url()).pathname.replace("/api/v1", "");
    if (path === "/agents/me/media" || path === "/web-calls") {
      const sdp = await answer(request.postDataJSON().sdp);
      return route.fulfill({ json: { sdp, token: "made-up" } });
    }
    const found = routes[`${request.method()} ${path}`];
    if (found === undefined) return route.fulfill({ status: 404, json: { title: path } });
    if (found === null) return route.fulfill({ status: 204 });
    return route.fulfill(found.status ? found : { json: found });
  });
  let socket;
  await page.routeWebSocket("**/api/v1/events*", (ws) => {
    socket = ws;
    ws.onMessage(() => undefined);
    ws.send(JSON.stringify(data.snapshot(agent ?? data.agent("offline"))));
  });
  return {
    page,
    context,
    complaints,
    tell: (frame) => socket.send(JSON.stringify({ cursor: 9, at: data.iso(0), ...frame })),
  };
}

async function desk(options) {
  const it = await open(options);
  await it.page.goto(`${origin}/console/`);
  await it.page.getByTestId("device-continue").click();
  await it.page.locator('[data-media="ready"]').waitFor({ timeout: 15_000 });
  return it;
}

const shots = {
  signIn: async (options) => {
    const it = await open({ ...options, extra: { "GET /session": { status: 401, json: {} } } });
    await it.page.goto(`${origin}/console/`);
    await it.page.getByTestId("sign-in-username").waitFor();
    return it;
  },
  check: async (options) => {
    const it = await open(options);
    await it.page.goto(`${origin}/console/`);
    await it.page.getByTestId("device-continue").waitFor();
    await it.page.waitForTimeout(1200);
    return it;
  },
  idle: (options) => desk({ ...options, agent: data.agent("available") }),
  offline: (options) => desk(options),
  ringing: async (options) => {
    const it = await desk({ ...options, agent: data.agent("available") });
    it.tell({ type: "agent_state_changed", agent: data.agent("ringing") });
    it.tell({ type: "reservation_ringing", reservation: data.ringing() });
    await it.page.getByTestId("answer").waitFor();
    return it;
  },
  talking: async (options) => {
    const it = await shots.ringing(options);
    it.tell({ type: "agent_state_changed", agent: data.agent("talking") });
    it.tell({ type: "call_changed", call: data.call({ contact_id: "p2" }) });
    it.tell(data.quality());
    await it.page.getByTestId("case-notes").fill(data.notes[options.lang]);
    await it.page.getByTestId("disposition-self_care").click();
    await it.page.locator('[data-saved="saved"]').waitFor();
    return it;
  },
  verdict: async (options) => {
    const it = await shots.talking(options);
    it.tell(data.quality("fair", { verdict: "caller_cannot_hear_you" }));
    await it.page.getByTestId("line-quality").click();
    await it.page.locator('[data-verdict="caller_cannot_hear_you"]').waitFor();
    return it;
  },
  breaks: async (options) => {
    const it = await shots.talking(options);
    await it.page.locator("body").press("Escape");
    await it.page.getByTestId("status-menu").click();
    return it;
  },
  otherTab: async (options) => {
    const it = await shots.talking(options);
    const second = await it.context.newPage();
    await second.route("**/api/v1/**", (route) => {
      const path = new URL(route.request().url()).pathname.replace("/api/v1", "");
      const found = data.routes[`${route.request().method()} ${path}`];
      return route.fulfill(found ? { json: found } : { status: 404, json: {} });
    });
    await second.goto(`${origin}/console/`);
    await second.getByTestId("other-tab").waitFor();
    return { ...it, page: second };
  },
  keypad: async (options) => {
    const it = await shots.talking(options);
    await it.page.keyboard.press("Shift+F8");
    await it.page.getByTestId("keypad-digit-5").click();
    return it;
  },
  wrapUp: async (options) => {
    const it = await shots.talking(options);
    it.tell({ type: "agent_state_changed", agent: data.agent("wrap_up") });
    await it.page.locator('[data-state="wrap_up"]').waitFor();
    return it;
  },
  search: async (options) => {
    const it = await desk({ ...options, agent: data.agent("available") });
    await it.page.locator("body").press("/");
    await it.page.getByTestId("search-box").fill("bukhar rohini");
    await it.page.getByTestId("search-hit").first().waitFor();
    return it;
  },
  keys: async (options) => {
    const it = await shots.search(options);
    await it.page.getByTestId("search-box").press("Escape");
    await it.page.keyboard.press("Shift+Slash");
    return it;
  },
  caseReason: async (options) => {
    const it = await shots.search(options);
    await it.page.getByTestId("search-box").press("Enter");
    await it.page.getByTestId("open-reason").waitFor();
    return it;
  },
  casePage: async (options) => {
    const it = await shots.caseReason(options);
    await it.page.keyboard.press("Enter");
    await it.page.getByTestId("case-timeline").waitFor();
    return it;
  },
  settings: async (options) => {
    const it = await desk(options);
    await it.page.locator('a[href="/console/settings"]').click();
    await it.page.getByTestId("sign-out").waitFor();
    return it;
  },
  citizen: async (options) => {
    const it = await open({ ...options, width: options.width ?? 390, height: 844 });
    await it.page.goto(`${origin}/`);
    await it.page.getByTestId("citizen-call").waitFor();
    return it;
  },
  citizenWaiting: async (options) => {
    const it = await shots.citizen(options);
    await it.page.getByTestId("citizen-call").click();
    await it.page.locator('[data-state="waiting"]').waitFor({ timeout: 15_000 });
    return it;
  },
};

const plan = [
  ["signIn", { lang: "en" }],
  ["signIn", { lang: "hi" }],
  ["check", { lang: "en" }],
  ["offline", { lang: "en" }],
  ["idle", { lang: "hi" }],
  ["ringing", { lang: "en" }],
  ["ringing", { lang: "hi" }],
  ["ringing", { lang: "en", height: 640 }],
  ["talking", { lang: "en" }],
  ["talking", { lang: "hi" }],
  ["talking", { lang: "hi", height: 640 }],
  ["talking", { lang: "en", scheme: "dark" }],
  ["verdict", { lang: "en" }],
  ["verdict", { lang: "hi", height: 640 }],
  ["breaks", { lang: "hi" }],
  ["otherTab", { lang: "en" }],
  ["keypad", { lang: "en" }],
  ["wrapUp", { lang: "en" }],
  ["search", { lang: "en" }],
  ["search", { lang: "hi" }],
  ["keys", { lang: "en" }],
  ["caseReason", { lang: "en" }],
  ["casePage", { lang: "hi" }],
  ["settings", { lang: "en", scheme: "dark" }],
  ["citizen", { lang: "hi" }],
  ["citizen", { lang: "en", width: 320 }],
  ["citizenWaiting", { lang: "hi" }],
];

let failed = 0;
for (const [name, options] of plan) {
  const parts = [name, options.lang, options.scheme, options.height, options.width];
  const file = parts.filter(Boolean).join("-");
  if (!file.includes(only)) continue;
  try {
    const it = await shots[name](options);
    await it.page.waitForTimeout(300);
    await it.page.screenshot({ path: join(folder, `${file}.png`) });
    const wide = await it.page.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    );
    const { violations } = await new AxeBuilder({ page: it.page }).analyze();
    const found = violations.map(({ id, nodes }) => `axe ${id}: ${nodes[0]?.html.slice(0, 160)}`);
    failed += violations.length;
    console.log(file, [wide ? "SCROLLS SIDEWAYS" : "", ...it.complaints, ...found].join("\n  "));
    await it.context.close();
  } catch (error) {
    failed += 1;
    console.log(file, "FAILED", String(error).split("\n").slice(0, 3).join(" "));
  }
}
await browser.close();
server.close();
process.exitCode = failed > 0 ? 1 : 0;
