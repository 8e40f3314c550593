// axe-core over every state of one call, of search and case, and of the citizen page: nothing serious.
import { TESTID } from "../src/ui/testid";
import { expectAccessible } from "./harness/axe";
import { Citizen } from "./harness/citizen";
import type { Lang, Operator, Scheme } from "./harness/operator";
import { test } from "./harness/test";
import { TONE } from "./harness/tone";

const WAYS: { lang: Lang; scheme: Scheme; username: string; from: string; press: string[] }[] = [
  {
    lang: "en",
    scheme: "light",
    username: "operator6",
    from: "+919999000011",
    press: ["2@700ms", "0@1500ms"],
  },
  {
    lang: "hi",
    scheme: "dark",
    username: "operator3",
    from: "+919999000012",
    press: ["1@700ms", "0@1500ms"],
  },
];

for (const { lang, scheme, username, from, press } of WAYS) {
  test(`every state of a call, ${lang}, ${scheme}`, async ({ operator, dial }) => {
    test.setTimeout(120_000);
    const desk = await operator(username, { lang, scheme });
    const check = (state: string) => expectAccessible(desk.page, `${state}, ${lang}, ${scheme}`);
    await desk.get(TESTID.signInUsername).waitFor();
    await check("sign-in");
    await desk.signIn();
    await desk.get(TESTID.deviceContinue).waitFor();
    await check("device check");
    await desk.passDeviceCheck();
    await desk.goAvailable();
    await check("idle");
    const caller = dial({ from, press });
    await desk.is("ringing");
    await check("ringing");
    await desk.answer();
    await desk.press("1");
    await desk.get(TESTID.notes).fill("Fever for two days. बुखार दो दिन से।");
    await desk.saved();
    await check("talking");
    await desk.press("F4");
    await desk.is("on_hold");
    await check("on hold");
    await desk.press("F4");
    await desk.is("talking");
    await desk.end();
    await check("wrap-up");
    await caller.report();
    await desk.wrapUp("Rest and fluids. आराम और पानी।");
    await searchAndOpen(desk, check);
  });

  test(`the citizen page, ${lang}, ${scheme}`, async ({ room, server }) => {
    const context = await room(TONE.caller, { width: 390, height: 844 });
    await context.addInitScript((word) => localStorage.setItem("helpline.language", word), lang);
    const person = await Citizen.open(context, server);
    await person.page.emulateMedia({ colorScheme: scheme });
    await person.page.reload();
    await expectAccessible(person.page, `citizen, ${lang}, ${scheme}`);
    await person.call();
    await person.is("greeting");
    await expectAccessible(person.page, `citizen in the greeting, ${lang}, ${scheme}`);
    await person.hangUp();
    await person.is("ended");
    await expectAccessible(person.page, `citizen after the call, ${lang}, ${scheme}`);
  });
}

async function searchAndOpen(desk: Operator, check: (state: string) => Promise<void>) {
  await desk.press("Escape");
  await desk.press("/");
  await desk.page.keyboard.insertText("fever");
  await desk.get(TESTID.hit).first().waitFor();
  await check("search");
  await desk.press("Enter");
  await desk.get(TESTID.reason).or(desk.get(TESTID.timeline)).first().waitFor();
  if (await desk.get(TESTID.reason).isVisible()) {
    await check("reason");
    await desk.press("Enter");
  }
  await desk.get(TESTID.timeline).waitFor();
  await check("case page");
}
