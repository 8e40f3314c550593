// Two tabs of one person: the first is the desk, the second says so and may take over, in the middle of
// a call and without losing it.
import { TESTID } from "../src/ui/testid";
import { expectAccessible } from "./harness/axe";
import { Ear } from "./harness/ear";
import { expect, test } from "./harness/test";
import { TONE } from "./harness/tone";

test("a second tab reads only, then takes the call over", async ({ operator, dial }) => {
  const desk = await operator("operator2");
  await desk.startShift();
  const caller = dial({ from: "+919999060081" });
  await desk.answer();
  await (await desk.listen()).hears(TONE.caller);

  const second = await desk.page.context().newPage();
  await second.goto(desk.page.url());
  const told = second.getByTestId(TESTID.otherTab);
  await expect(told).toContainText("Talking", { timeout: 15_000 });
  await expect(second.getByTestId(TESTID.end)).toHaveCount(0);
  await expectAccessible(second, "a second tab");

  await second.keyboard.press("F2");
  const bar = second.getByTestId(TESTID.bar);
  await expect(told).toHaveCount(0, { timeout: 15_000 });
  await expect(bar).toHaveAttribute("data-state", "talking", { timeout: 15_000 });
  await expect(bar).toHaveAttribute("data-media", "ready", { timeout: 15_000 });
  const since = Date.now();
  const ear = await Ear.open(second, [TONE.caller]);
  await ear.hears(TONE.caller);
  await expect(desk.get(TESTID.otherTab)).toContainText("Talking", { timeout: 15_000 });
  await second.waitForTimeout(1_500);
  const until = Date.now();
  await second.keyboard.press("Shift+F2");
  await expect(bar).toHaveAttribute("data-state", "wrap_up", { timeout: 15_000 });
  const report = await caller.report();
  expect(report.bursts(TONE.operator, since, until), report.text).toBeGreaterThanOrEqual(1);
});
