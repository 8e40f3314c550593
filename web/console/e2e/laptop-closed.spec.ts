// The operator's machine dies in the middle of a call: the caller is told, hears music, and is the
// next to be answered, before somebody who had been waiting.
import { chromium } from "@playwright/test";
import { TESTID } from "../src/ui/testid";
import { Operator } from "./harness/operator";
import { expect, test } from "./harness/test";
import { TONE } from "./harness/tone";

const CALLER = "+919999060011";
const WAITING = "+919999060012";

test("a laptop closed in mid-call sends the caller to the head of the queue", async ({
  browsers,
  operator,
  dial,
  room,
  server,
}) => {
  test.setTimeout(120_000);
  const laptop = await chromium.launchServer(browsers.options(TONE.operator));
  const browser = await chromium.connect(laptop.wsEndpoint());
  const lost = await Operator.open(await browser.newContext(), "operator1", server);
  await lost.startShift();
  const caller = dial({ from: CALLER });
  await lost.answer();
  await (await lost.listen()).hears(TONE.caller);

  const other = dial({ from: WAITING, hangUpAfter: "80s" });
  const supervisor = await Operator.open(await room("none"), "supervisor1", server);
  await supervisor.signIn();
  await expect.poll(() => waiting(supervisor)).toBe(1);
  const closedAt = Date.now();
  await laptop.kill();
  await expect.poll(() => waiting(supervisor), { timeout: 45_000 }).toBe(2);
  const queuedAt = Date.now();

  const rescuer = await operator("operator2", { voice: TONE.secondOperator });
  await rescuer.startShift();
  await rescuer.is("ringing");
  await expect(rescuer.get(TESTID.bar)).toContainText(CALLER.slice(-5));
  await rescuer.answer();
  await (await rescuer.listen()).hears(TONE.caller);
  await rescuer.end();
  const report = await caller.report();
  expect(report.bursts(TONE.operator, 0, closedAt), report.text).toBeGreaterThanOrEqual(2);
  expect(report.bursts(TONE.operator, closedAt + 2_000), "the dead desk is silent").toBe(0);
  expect(report.level(queuedAt - 3_000, queuedAt), "told or music, dBFS").toBeGreaterThan(-40);
  expect(report.bursts(TONE.secondOperator), report.text).toBeGreaterThanOrEqual(2);
  await rescuer.wrapUp("Was cut off by a broken laptop; all is well.");
  // The other caller is next.
  await rescuer.answer();
  await rescuer.end();
  await other.report();
  await rescuer.wrapUp("Waited behind somebody who was cut off.");
});

/** Callers in all queues, as the supervisor sees them. */
async function waiting(supervisor: Operator): Promise<number> {
  const floor = await (await supervisor.api("GET", "/floor")).json();
  return floor.queues.reduce((sum: number, queue: { waiting: number }) => sum + queue.waiting, 0);
}
