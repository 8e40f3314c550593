// A citizen calls from the web page, the operator answers, both hear each other, the citizen hangs up.
import { TESTID } from "../src/ui/testid";
import { expect, test } from "./harness/test";
import { TONE } from "./harness/tone";

test("a call from the citizen page", async ({ operator, citizen }) => {
  const desk = await operator("operator4");
  await desk.startShift();
  const person = await citizen();
  await person.call();
  await person.is("greeting");
  await person.press("0");
  await desk.answer();
  await person.is("talking");
  const [theirs, ours] = [await person.listen(), await desk.listen()];
  await Promise.all([theirs.hears(TONE.operator), ours.hears(TONE.caller)]);
  await person.hangUp();
  await desk.is("wrap_up", 5_000);
  await person.is("ended");
  await desk.wrapUp("Called from the web page; asked for nothing more.");
});

test("a citizen without a microphone is told what to do", async ({ room, server }) => {
  const context = await room("none");
  const page = await context.newPage();
  await page.goto(`${server.origin}/`);
  await page.getByTestId(TESTID.citizenCall).click();
  const state = page.getByTestId(TESTID.citizenState);
  await expect(state).toHaveAttribute("data-state", "failed");
  await expect(state).toContainText("104");
});
