// Ringing: at several desks, declined, given up by the caller.
import { TESTID } from "../src/ui/testid";
import type { Operator } from "./harness/operator";
import { expect, test } from "./harness/test";
import { TONE } from "./harness/tone";

test("an emergency rings everywhere, and the first to accept has it", async ({
  operator,
  dial,
}) => {
  const desks = [await operator("operator1"), await operator("operator2")] as const;
  for (const desk of desks) await desk.startShift();
  const caller = dial({ from: "+919999060001", press: ["9@700ms"] });
  await Promise.all(desks.map((desk) => desk.is("ringing", 20_000)));
  await Promise.all(desks.map((desk) => desk.press("F2")));
  await expect.poll(async () => (await statesOf(desks)).sort()).toEqual(["available", "talking"]);
  const [one, two] = desks;
  const [winner, other] = (await statesOf(desks))[0] === "talking" ? [one, two] : [two, one];
  await expect(other.get(TESTID.barNotice)).toBeVisible();
  await (await winner.listen()).hears(TONE.caller);
  await winner.end();
  const report = await caller.report();
  expect(report.bursts(TONE.operator), report.text).toBeGreaterThanOrEqual(2);
  await winner.wrapUp("A test of the emergency key.");
});

test("a declined call rings at the next desk, and stops when the caller hangs up", async ({
  operator,
  dial,
}) => {
  const first = await operator("operator4");
  await first.startShift();
  const second = await operator("operator6");
  await second.startShift();
  const caller = dial({ from: "+919999060002", hangUpAfter: "9s" });
  // Who has been idle longest.
  await first.is("ringing");
  await first.press("Shift+F2");
  await second.is("ringing", 5_000);
  await first.is("available");
  await caller.report();
  await second.is("available", 1_000);
  await expect(second.get(TESTID.barNotice)).toBeVisible();
});

function statesOf(desks: readonly Operator[]): Promise<(string | null)[]> {
  return Promise.all(desks.map((desk) => desk.get(TESTID.bar).getAttribute("data-state")));
}
