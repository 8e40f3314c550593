// The roster by keyboard: a supervisor plans a shift that is on now and one over midnight, sees who is
// missing on the floor, takes a shift out and puts it back; an operator sees their own.
import type { Page } from "@playwright/test";
import { TESTID } from "../src/ui/testid";
import { expectAccessible } from "./harness/axe";
import { Operator } from "./harness/operator";
import { expect, test } from "./harness/test";

const SOON = { timeout: 15_000 };

test("a supervisor plans a week, and the floor says who is missing", async ({
  operator,
  room,
  server,
}) => {
  test.setTimeout(120_000);
  const supervisor = await Operator.open(await room("none"), "supervisor1", server);
  await supervisor.signIn();
  const { page } = supervisor;
  await expect(supervisor.get(TESTID.floor)).toBeVisible(SOON);
  await supervisor.press("r");
  await expect(supervisor.get(TESTID.rosterGrid)).toBeVisible(SOON);
  await expectAccessible(page, "roster");

  // A shift of every day and all day is on now, whenever this runs.
  const name = await pointAtFirst(supervisor);
  await supervisor.press("Enter");
  await expect(supervisor.get(TESTID.rosterDialog)).toContainText(name);
  await expectAccessible(page, "roster, adding a shift");
  await page.getByTestId("repeats-weekly").check();
  for (let day = 0; day < 7; day += 1) await page.getByTestId(`weekday-${day}`).check();
  await fill(supervisor, TESTID.rosterStart, "00:00");
  await fill(supervisor, TESTID.rosterEnd, "00:00");
  await supervisor.tabTo(TESTID.rosterSave);
  await supervisor.press("Enter");
  await expect(supervisor.get(TESTID.rosterDialog)).toHaveCount(0, SOON);
  const bars = supervisor.get(TESTID.rosterShift).filter({ hasText: "00–00" });
  await expect(bars).not.toHaveCount(0, SOON);

  await supervisor.press("h");
  const missing = supervisor.get(TESTID.floorMissing).filter({ hasText: name });
  await expect(missing).toHaveCount(1, SOON);
  await expectAccessible(page, "floor with the roster");

  await supervisor.press("r");
  const before = await supervisor.get(TESTID.rosterShift).count();
  await overMidnight(supervisor);
  await expect(supervisor.get(TESTID.rosterShift)).toHaveCount(before + 1, SOON);
  await takeOutAndPutBack(page, supervisor, before + 1);
  await expectAccessible(page, "roster with shifts");

  const desk = await operator("operator1");
  await desk.signIn();
  await desk.passDeviceCheck();
  await desk.press("r");
  await expect(desk.get(TESTID.rosterOwnDay)).toHaveCount(7, SOON);
  await expect(desk.get(TESTID.rosterAdd)).toHaveCount(0);
  await expectAccessible(desk.page, "own shifts");
});

/** The first person's first day, by keys; says whose it is. */
async function pointAtFirst(supervisor: Operator): Promise<string> {
  await supervisor.press("g");
  await supervisor.press("Home");
  const focused = supervisor.page.locator(":focus");
  return (await focused.getAttribute("data-agent")) ?? "";
}

async function fill(supervisor: Operator, field: string, text: string): Promise<void> {
  await supervisor.tabTo(field);
  await supervisor.get(field).fill(text);
}

/** A night shift of one day, of the next person. */
async function overMidnight(supervisor: Operator): Promise<void> {
  await expect(supervisor.get(TESTID.rosterGrid)).toBeVisible(SOON);
  await supervisor.press("g");
  await supervisor.press("ArrowDown");
  await supervisor.press("ArrowDown");
  await supervisor.press("Home");
  await supervisor.press("End");
  await supervisor.press("ArrowLeft");
  await supervisor.press("Enter");
  await expect(supervisor.get(TESTID.rosterDialog)).toBeVisible(SOON);
  if (await supervisor.get(TESTID.rosterRemove).count())
    throw new Error("a shift is there already");
  await fill(supervisor, TESTID.rosterStart, "21:00");
  await fill(supervisor, TESTID.rosterEnd, "05:00");
  await expect(supervisor.get(TESTID.rosterDialog)).toContainText("on the next day");
  await supervisor.tabTo(TESTID.rosterSave);
  await supervisor.press("Enter");
  await expect(supervisor.get(TESTID.rosterDialog)).toHaveCount(0, SOON);
}

async function takeOutAndPutBack(page: Page, supervisor: Operator, count: number): Promise<void> {
  const night = supervisor.get(TESTID.rosterShift).filter({ hasText: "21–05" });
  await night.focus();
  await page.keyboard.press("Enter");
  await supervisor.tabTo(TESTID.rosterRemove);
  await page.keyboard.press("Enter");
  await expect(supervisor.get(TESTID.rosterShift)).toHaveCount(count - 1, SOON);
  await supervisor.tabTo(TESTID.rosterUndo);
  await page.keyboard.press("Enter");
  await expect(supervisor.get(TESTID.rosterShift)).toHaveCount(count, SOON);
}
