// A call that happened on paper: entered by keyboard, found in the case that it became, marked as
// entered later.
import { TESTID } from "../src/ui/testid";
import { expectAccessible } from "./harness/axe";
import { expect, test } from "./harness/test";

const SOON = { timeout: 15_000 };

test("a call on paper becomes a case", async ({ operator }) => {
  const desk = await operator("operator5", { voice: "none" });
  await desk.signIn();
  await desk.page.getByRole("button", { name: "without taking calls" }).click();
  await desk.press("m");
  await desk.page.getByRole("link", { name: "A call on paper" }).focus();
  await desk.press("Enter");
  await expect(desk.get(TESTID.paperDay)).toBeFocused(SOON);
  await expectAccessible(desk.page, "a call on paper");

  const yesterday = new Date(Date.now() - 86_400_000 + 19_800_000).toISOString().slice(0, 10);
  await desk.get(TESTID.paperDay).fill(yesterday);
  await desk.get(TESTID.paperTime).fill("11:05");
  await desk.tabTo(TESTID.paperNumber);
  await desk.page.keyboard.type("99990 00088");
  await desk.get(TESTID.paperNotes).focus();
  await desk.page.keyboard.type("Power cut. Snake bite, sent to the hospital by car.");
  await desk.press("Control+Enter");
  await expect(desk.get(TESTID.paperProblem)).toContainText("Choose an outcome");
  await desk.page.getByRole("radio").first().focus();
  await desk.press("ArrowRight");
  await desk.press("Control+Enter");
  const done = desk.get(TESTID.paperDone);
  await expect(done).toBeVisible(SOON);
  await expect(desk.get(TESTID.paperNotes)).toHaveValue("");

  await done.getByRole("link").focus();
  await desk.press("Enter");
  const reason = desk.get(TESTID.reason);
  const entered = desk.get(TESTID.timelineEntered);
  await expect(entered.or(reason).first()).toBeVisible(SOON);
  if (await reason.count()) await reason.getByRole("button").last().click();
  await expect(entered).toContainText("Happened on paper", SOON);
  await expectAccessible(desk.page, "the case of a call on paper");
});
