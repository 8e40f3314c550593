// The supervisor's floor by push: one browser watches, another works, a real caller comes. The call is
// seen to come, wait, ring and talk; it is moved and given another class; a state is forced, and the
// live call goes on. All by keyboard.
import type { Page } from "@playwright/test";
import { TESTID } from "../src/ui/testid";
import { expectAccessible } from "./harness/axe";
import { Operator } from "./harness/operator";
import { expect, test } from "./harness/test";
import { TONE } from "./harness/tone";

const SOON = { timeout: 15_000 };

test("a supervisor sees a call come, wait, ring and talk, and changes its course", async ({
  operator,
  dial,
  room,
  server,
}) => {
  test.setTimeout(150_000);
  const supervisor = await Operator.open(await room("none"), "supervisor1", server);
  await supervisor.signIn();
  const board = supervisor.page;
  await expect(supervisor.get(TESTID.floor)).toBeVisible(SOON);
  const asked = requestsOf(board);
  const desk = await operator("operator1");
  await desk.signIn();
  await desk.passDeviceCheck();

  const caller = dial({ from: "+919999060071" });
  const waiting = supervisor.get(TESTID.floorWaiting);
  await expect(waiting).toHaveCount(1, SOON);
  await expect(waiting).toContainText("0071");
  await expectAccessible(board, "floor, a caller waits");

  await supervisor.press("w");
  await supervisor.press("Enter");
  await expect(supervisor.get(TESTID.callerDialog)).toBeVisible();
  await expectAccessible(board, "floor, moving a caller");
  await choose(supervisor, "queue-schemes");
  await choose(supervisor, "class-clinical");
  await supervisor.tabTo(TESTID.callerSubmit);
  await supervisor.press("Enter");
  await expect(supervisor.get(TESTID.callerDialog)).toHaveCount(0, SOON);
  await expect(waiting).toContainText("1031", SOON);
  await expect(waiting).toHaveAttribute("data-class", "clinical", SOON);
  await expect(supervisor.get(`${TESTID.floorQueue}-health`)).toContainText("–");

  await desk.goAvailable();
  await desk.is("ringing");
  const name = (await desk.page.locator(".rail .me b").textContent()) ?? "";
  await expect(waiting).toContainText(name, SOON);
  const agent = supervisor.get(TESTID.floorAgent).filter({ hasText: name });
  await expect(agent).toHaveAttribute("data-state", "ringing", SOON);
  await desk.answer();
  const talks = supervisor.get(TESTID.floorCall);
  await expect(talks).toContainText(name, SOON);
  await expect(talks).toHaveAttribute("data-state", "talking", SOON);
  await expect(waiting).toHaveCount(0, SOON);
  await expect(supervisor.get(TESTID.floorSums)).toHaveAttribute("data-reconciles", "true", SOON);

  await forceBreak(supervisor, name);
  await desk.is("talking");
  await (await desk.listen()).hears(TONE.caller);
  await expect(agent).toContainText("then", SOON);
  await desk.end();
  await caller.report();
  await expect(talks).toHaveCount(0, SOON);
  await desk.wrapUp("The supervisor asked for a break after this call.", "break");
  await expect(agent).toHaveAttribute("data-state", "break", SOON);
  expect(
    asked.filter((path) => path.endsWith("/floor")),
    "nothing is polled",
  ).toEqual([]);
});

/** Paths asked from now on. */
function requestsOf(page: Page): string[] {
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  return asked;
}

/** One of a group of choices, by Tab into the group and arrow keys in it. */
async function choose(person: Operator, testid: string): Promise<void> {
  const wanted = person.get(testid);
  const group = person.page.locator("fieldset").filter({ has: wanted });
  for (let step = 0; step < 80; step += 1) {
    if (await group.evaluate((place) => place.contains(document.activeElement))) break;
    await person.press("Tab");
  }
  for (let step = 0; step < 10 && !(await wanted.isChecked()); step += 1) {
    await person.press("ArrowRight");
  }
  await expect(wanted).toBeChecked();
}

/** Asks for a break after the call, with a reason. */
async function forceBreak(supervisor: Operator, name: string): Promise<void> {
  await supervisor.press("a");
  for (let step = 0; step < 20; step += 1) {
    const focused = supervisor.page.locator(":focus");
    if ((await focused.textContent())?.includes(name)) break;
    await supervisor.press("ArrowRight");
  }
  await supervisor.press("Enter");
  const dialog = supervisor.get(TESTID.forceDialog);
  await expect(dialog).toContainText(name);
  await expect(dialog).toContainText("never cut");
  await expectAccessible(supervisor.page, "floor, forcing a state");
  await choose(supervisor, "want-break");
  await choose(supervisor, "why-coverage");
  await supervisor.tabTo(TESTID.forceSubmit);
  await supervisor.press("Enter");
  await expect(dialog).toHaveCount(0, SOON);
}
