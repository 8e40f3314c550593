// Browsers whose network lets no UDP out: their sound goes through coturn over TCP, with credentials
// from the helpline. The browser is told to send no UDP of its own, as a managed browser is behind
// such a firewall; that it obeys is seen first, without the TURN server.
import { type Browser, type BrowserContext, chromium } from "@playwright/test";
import { TESTID } from "../src/ui/testid";
import type { Browsers } from "./harness/browsers";
import { Citizen } from "./harness/citizen";
import { Operator } from "./harness/operator";
import { watchPeers, wayOf } from "./harness/peers";
import { expect, test } from "./harness/test";
import { TONE } from "./harness/tone";

test.use({ relayed: true });

const NO_UDP = "--webrtc-ip-handling-policy=disable_non_proxied_udp";
const RELAY_OVER_TCP = { type: "relay", relayProtocol: "tcp" };

async function behindFirewall(browsers: Browsers, hertz: number): Promise<Browser> {
  const options = browsers.options(hertz);
  return chromium.launch({ ...options, args: [...(options.args ?? []), NO_UDP] });
}

async function room(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext();
  await watchPeers(context);
  return context;
}

test("an operator behind a firewall without UDP hears and is heard", async ({
  browsers,
  dial,
  server,
  turn,
}) => {
  const browser = await behindFirewall(browsers, TONE.operator);
  const context = await room(browser);
  // With credentials that have ended there is no way: the firewall is real, and so is the end.
  const servers = "**/api/v1/me/ice-servers";
  const ended = { ice_servers: [turn?.server(Date.now() - 60_000)] };
  await context.route(servers, (route) => route.fulfill({ json: ended }));
  const desk = await Operator.open(context, "operator1", server);
  await desk.signIn();
  await desk.get(TESTID.deviceContinue).press("Enter");
  await desk.page.waitForTimeout(5_000);
  await expect(desk.get(TESTID.bar)).not.toHaveAttribute("data-media", "ready");
  expect(await wayOf(desk.page)).toBeNull();
  expect(turn?.log).toContain("made-in-a-test");
  expect(turn?.log).not.toContain("ALLOCATE processed, success");

  await context.unroute(servers);
  await desk.page.reload();
  await expect(desk.get(TESTID.bar)).toHaveAttribute("data-media", "ready", { timeout: 15_000 });
  expect(await wayOf(desk.page)).toMatchObject(RELAY_OVER_TCP);
  await desk.goAvailable();
  const since = Date.now();
  const caller = dial({ from: "+919999060031" });
  await desk.answer();
  await (await desk.listen()).hears(TONE.caller);
  await desk.page.waitForTimeout(1_500);
  expect(await wayOf(desk.page)).toMatchObject(RELAY_OVER_TCP);
  await desk.end();
  expect(turn?.log).toContain("ALLOCATE processed, success");
  const report = await caller.report();
  expect(report.bursts(TONE.operator, since), report.text).toBeGreaterThanOrEqual(2);
  await desk.leave();
  await browser.close();
});

test("a citizen behind a firewall without UDP hears and is heard", async ({
  browsers,
  operator,
  server,
}) => {
  const desk = await operator("operator2");
  await desk.startShift();
  const browser = await behindFirewall(browsers, TONE.caller);
  const context = await room(browser);
  const person = await Citizen.open(context, server);
  await person.call();
  await person.is("greeting");
  await person.press("0");
  await desk.answer();
  await person.is("talking");
  const [theirs, ours] = [await person.listen(), await desk.listen()];
  await Promise.all([theirs.hears(TONE.operator), ours.hears(TONE.caller)]);
  expect(await wayOf(person.page)).toMatchObject(RELAY_OVER_TCP);
  await person.hangUp();
  await desk.is("wrap_up", 5_000);
  await browser.close();
});
