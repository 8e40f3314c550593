// The pictures of the README, from the real program: docs/images/*.png. `npm run screenshots`.
// Look at them, and at test-results/pictures, after every change of the screens.
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { TESTID } from "../src/ui/testid";
import type { Lang, Operator } from "./harness/operator";
import { expect, test } from "./harness/test";
import { TONE } from "./harness/tone";

const FOLDER = resolve(import.meta.dirname, "../../../docs/images");
/** Those of a low screen are only for looking at. */
const LOW_FOLDER = resolve(import.meta.dirname, "../test-results/pictures");

interface Scene {
  lang: Lang;
  username: string;
  from: string;
  press: string[];
  summary: string;
  notes: string;
  report: string;
  search: string;
}

const SCENES: Scene[] = [
  {
    lang: "en",
    username: "operator1",
    from: "+919999000007",
    press: ["2@700ms", "1@1700ms"],
    summary: "Fever for three days, drinks well",
    notes: "Fever for three days, 102 °F in the evening. Drinks well, no rash, no cough.",
    report: "Rest, fluids, paracetamol by weight; clinic if the fever lasts beyond Friday.",
    search: "fever",
  },
  {
    lang: "hi",
    username: "operator2",
    from: "+919999000009",
    press: ["1@700ms", "1@1700ms"],
    summary: "तीन दिन से बुखार, पानी पी रहे हैं",
    notes: "तीन दिन से बुखार, शाम को 102 °F। पानी ठीक से पी रहे हैं, दाने नहीं, खाँसी नहीं।",
    report: "आराम, पानी, वज़न के अनुसार पैरासिटामोल; शुक्रवार तक बुखार रहे तो क्लिनिक।",
    search: "बुखार",
  },
];

test.beforeAll(() => {
  mkdirSync(FOLDER, { recursive: true });
});

for (const scene of SCENES) {
  test(`the desk in ${scene.lang}`, async ({ operator, dial }) => {
    const desk = await operator(scene.username, { lang: scene.lang });
    await desk.startShift();
    const caller = dial({ from: scene.from, press: scene.press });
    await desk.is("ringing", 30_000);
    await expect(desk.get(`${TESTID.pickItem}-1`)).toBeVisible();
    await shoot(desk, "ringing", scene.lang);
    await desk.answer();
    await desk.press("1");
    await desk.get(TESTID.contactPanel).waitFor();
    await desk.get(TESTID.summary).fill(scene.summary);
    await desk.get(TESTID.notes).fill(scene.notes);
    await desk.page.getByRole("radio").first().click();
    await desk.saved();
    await shoot(desk, "talking", scene.lang);
    await desk.end();
    await caller.report();
    await desk.wrapUp(scene.report);
    await desk.press("Escape");
    await desk.press("/");
    await desk.page.keyboard.insertText(scene.search);
    await desk.get(TESTID.hit).nth(2).waitFor();
    await shoot(desk, "search", scene.lang);
  });
}

test("the citizen page", async ({ room, server }) => {
  const page = await (await room(TONE.caller, { width: 390, height: 844 })).newPage();
  await page.goto(`${server.origin}/`);
  await page.getByTestId(TESTID.citizenCall).waitFor();
  await page.screenshot({ path: join(FOLDER, "citizen-hi.png") });
});

/** On the usual screen of an office, and on the same less a taskbar and a browser's bars. */
async function shoot(desk: Operator, name: string, lang: Lang): Promise<void> {
  await desk.page.mouse.move(0, 0);
  const file = `operator-${name}-${lang}.png`;
  await desk.page.screenshot({ path: join(FOLDER, file) });
  await desk.page.setViewportSize({ width: 1366, height: 640 });
  await desk.page.screenshot({ path: join(LOW_FOLDER, file) });
  await desk.page.setViewportSize({ width: 1366, height: 768 });
}
