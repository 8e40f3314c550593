// The fixtures: one helpline and its browsers for each worker; people for each test.
import { type BrowserContext, test as base, type Page } from "@playwright/test";
import { Browsers, type Microphone } from "./browsers";
import { Caller, type CallOptions } from "./caller";
import { Citizen } from "./citizen";
import { type DeskOptions, Operator } from "./operator";
import { Server, type Settings } from "./server";
import { TONE } from "./tone";
import { TurnServer } from "./turn";
import { UdpPath } from "./udp-path";

export { expect } from "@playwright/test";

interface Worker {
  /** Settings of the server that differ from its defaults: `test.use({ settings: … })`. */
  settings: Settings;
  /** Whether the server knows a TURN server: `test.use({ relayed: true })`. */
  relayed: boolean;
  turn: TurnServer | null;
  /** Whether browsers reach the audio through a network that can change: `{ routed: true }`. */
  routed: boolean;
  path: UdpPath | null;
  server: Server;
  browsers: Browsers;
}

interface People {
  /** A context in the browser with this microphone; closed after the test. */
  room: (
    microphone: Microphone,
    size?: { width: number; height: number },
  ) => Promise<BrowserContext>;
  /** A console in front of the sign-in page. */
  operator: (username: string, options?: DeskOptions & { voice?: Microphone }) => Promise<Operator>;
  /** A caller on the telephone. */
  dial: (options: CallOptions) => Caller;
  citizen: () => Promise<Citizen>;
}

const DESK = { width: 1366, height: 768 };
const TELEPHONE = { width: 390, height: 844 };

export const test = base.extend<People, Worker>({
  settings: [{}, { option: true, scope: "worker" }],
  relayed: [false, { option: true, scope: "worker" }],
  turn: [
    async ({ relayed }, use) => {
      const turn = relayed ? await TurnServer.start() : null;
      await use(turn);
      await turn?.stop();
    },
    { scope: "worker", timeout: 30_000 },
  ],
  routed: [false, { option: true, scope: "worker" }],
  path: [
    async ({ routed }, use) => {
      const path = routed ? await UdpPath.open() : null;
      await use(path);
      path?.close();
    },
    { scope: "worker" },
  ],
  server: [
    async ({ settings, turn, path }, use) => {
      const server = await Server.start({ ...turn?.settings, ...path?.settings, ...settings });
      await use(server);
      await server.stop();
    },
    { scope: "worker", timeout: 90_000 },
  ],
  browsers: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures here
    async ({}, use) => {
      const browsers = new Browsers();
      await use(browsers);
      await browsers.close();
    },
    { scope: "worker" },
  ],
  room: async ({ browsers }, use) => {
    const rooms: BrowserContext[] = [];
    await use(async (microphone, viewport = DESK) => {
      const browser = await browsers.with(microphone);
      const room = await browser.newContext({ viewport, reducedMotion: "reduce" });
      room.setDefaultTimeout(15_000);
      rooms.push(room);
      return room;
    });
    for (const room of rooms) await room.close();
  },
  operator: async ({ room, server }, use) => {
    const operators: Operator[] = [];
    await use(async (username, { voice = TONE.operator, ...options } = {}) => {
      const context = await room(voice, { ...DESK, height: options.height ?? DESK.height });
      const operator = await Operator.open(context, username, server, options);
      operators.push(operator);
      return operator;
    });
    for (const operator of operators) await operator.leave();
  },
  dial: async ({ server }, use) => {
    const callers: Caller[] = [];
    await use((options) => {
      const caller = Caller.dial(server, options);
      callers.push(caller);
      return caller;
    });
    for (const caller of callers) await caller.stop();
  },
  citizen: async ({ room, server }, use) => {
    await use(async () => Citizen.open(await room(TONE.caller, TELEPHONE), server));
  },
});

// What the program said and what the pages showed, when a test fails.
test.afterEach(async ({ server, browsers }, info) => {
  if (info.status === info.expectedStatus) return;
  await info.attach("log of the helpline", { body: server.log, contentType: "text/plain" });
  process.stderr.write(`--- the end of the helpline's log ---\n${server.log}\n`);
  for (const [index, page] of (await browsers.pages()).entries()) {
    await keepPicture(page, info.outputPath(`page-${index}.png`));
  }
});

async function keepPicture(page: Page, path: string): Promise<void> {
  await page.screenshot({ path, timeout: 5_000 }).catch(() => undefined);
}
