// The network of a browser changes in mid-call: the way in use goes dead in both directions, and only
// what is sent from a new port passes. ICE is restarted, the call goes on, and the silence is printed
// for both ends. How long it is depends on who notices first: the operating system, which tells the
// browser at once, or the console, after seconds without a sound and an answer.
import type { Page } from "@playwright/test";
import { TESTID } from "../src/ui/testid";
import { peersMade, watchPeers, wayOf } from "./harness/peers";
import { expect, test } from "./harness/test";
import { TONE } from "./harness/tone";

test.use({ routed: true });
/** The pause between two bursts of a tone, milliseconds: no gap of the network. */
const PAUSE_MS = 200;

test("a desk's network changes in mid-call and the call goes on", async ({
  operator,
  dial,
  path,
}) => {
  test.setTimeout(150_000);
  const desk = await operator("operator1");
  await watchPeers(desk.page.context());
  await desk.page.reload();
  await desk.startShift();
  const caller = dial({ from: "+919999060051" });
  await desk.answer();
  const ear = await desk.listen();
  await ear.hears(TONE.caller);
  const before = await wayOf(desk.page);

  const changes: { what: string; at: number; until: number; atDesk: number }[] = [];
  for (const what of ["told by the system", "told by nobody"]) {
    const at = Date.now();
    path?.cut();
    if (what === "told by the system") await networkIsAnother(desk.page);
    await ear.hears(TONE.caller, 30_000);
    await expect(desk.get(TESTID.bar)).toHaveAttribute("data-media", "ready", { timeout: 15_000 });
    await desk.is("talking");
    // The other direction may be later.
    await desk.page.waitForTimeout(2_000);
    const until = Date.now();
    changes.push({ what, at, until, atDesk: await ear.silence(TONE.caller, at, until) });
  }
  const after = await wayOf(desk.page);
  await desk.end();
  const report = await caller.report();
  for (const { what, at, until, atDesk } of changes) {
    const atCaller = report.silence(TONE.operator, at, until);
    print(`gap at a change of network, ${what}: desk ${atDesk - PAUSE_MS} ms, `);
    print(`caller ${atCaller - PAUSE_MS} ms\n`);
    expect(report.bursts(TONE.operator, at, until), report.text).toBeGreaterThanOrEqual(1);
  }
  expect(await peersMade(desk.page), "the connection was kept").toBe(1);
  expect(after?.dtls, "no new handshake").toBe(before?.dtls);
  expect(after?.ice, "ICE was restarted").not.toBe(before?.ice);
  await desk.wrapUp("The network changed twice; nobody had to call again.");
});

test("a citizen's network changes in mid-call and the call goes on", async ({
  operator,
  citizen,
  path,
}) => {
  const desk = await operator("operator2");
  await desk.startShift();
  const person = await citizen();
  await watchPeers(person.page.context());
  await person.page.reload();
  await person.call();
  await person.is("greeting");
  await person.press("0");
  await desk.answer();
  await person.is("talking");
  const [theirs, ours] = [await person.listen(), await desk.listen()];
  await Promise.all([theirs.hears(TONE.operator), ours.hears(TONE.caller)]);

  const at = Date.now();
  path?.cut();
  // The cut is for both browsers; both are told.
  await Promise.all([networkIsAnother(person.page), networkIsAnother(desk.page)]);
  await Promise.all([theirs.hears(TONE.operator, 30_000), ours.hears(TONE.caller, 30_000)]);
  await desk.page.waitForTimeout(1_000);
  const until = Date.now();
  const atCitizen = (await theirs.silence(TONE.operator, at, until)) - PAUSE_MS;
  const atDesk = (await ours.silence(TONE.caller, at, until)) - PAUSE_MS;
  print(`gap at a change of network, citizen and desk at once: citizen ${atCitizen} ms, `);
  print(`desk ${atDesk} ms\n`);
  await person.is("talking");
  await desk.is("talking");
  expect(await peersMade(person.page), "the connection was kept").toBe(1);
  await person.hangUp();
  await desk.is("wrap_up", 5_000);
  await desk.wrapUp("The network changed; the citizen stayed on the line.");
});

/** What a browser hears from its operating system when it comes to another network. */
async function networkIsAnother(page: Page): Promise<void> {
  await page.evaluate(() => dispatchEvent(new Event("online")));
}

function print(text: string): void {
  process.stdout.write(text);
}
