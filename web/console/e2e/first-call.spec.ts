// The first call, in both languages: a citizen phones, an operator answers, both hear each other, the
// case is written, filed and found. The mouse is never touched: a whole call works by keyboard alone.
import { setTimeout as pause } from "node:timers/promises";
import { TESTID } from "../src/ui/testid";
import type { Report } from "./harness/caller";
import type { Ear } from "./harness/ear";
import type { Lang, Operator } from "./harness/operator";
import { expect, test } from "./harness/test";
import { TONE } from "./harness/tone";

/** How long each sound is listened to: several bursts. */
const LISTEN_MS = 2_500;
/** A change of the sound is settled after this. */
const SETTLE_MS = 1_200;

interface Story {
  lang: Lang;
  username: string;
  /** A number that the demo's citizens share, so that people are known. */
  from: string;
  press: string[];
  ringing: RegExp;
  notes: string;
  report: string;
  /** Words of the notes, one in each script. */
  words: [string, string];
}

const STORIES: Story[] = [
  {
    lang: "en",
    username: "operator1",
    from: "+919999000007",
    press: ["2@700ms", "1@1700ms"],
    ringing: /Incoming call/,
    notes: "Daughter has mumps since Tuesday. दादी को चक्कर आते हैं।",
    report: "Asked about mumps; told to rest and to see the clinic on Friday.",
    words: ["mumps", "चक्कर"],
  },
  {
    lang: "hi",
    username: "operator2",
    from: "+919999000009",
    press: ["1@700ms", "1@1700ms"],
    ringing: /कॉल/,
    notes: "बेटे को तीन दिन से पीलिया है। Grandfather takes warfarin.",
    report: "पीलिया के बारे में पूछा; पानी और आराम, शुक्रवार को क्लिनिक।",
    words: ["warfarin", "पीलिया"],
  },
];

/** When what was to be heard, by this machine's clock. */
interface Times {
  talked: [number, number];
  muted: [number, number];
  held: [number, number];
  resumed: [number, number];
  reloaded: [number, number];
}

for (const story of STORIES) {
  test(`the first call, by keyboard, in ${story.lang}`, async ({ operator, dial }) => {
    test.setTimeout(120_000);
    const desk = await operator(story.username);
    if (story.lang === "hi") await desk.switchLanguage();
    await desk.startShift();
    const caller = dial({ from: story.from, press: story.press });
    await expectRinging(desk, story);
    await desk.answer();
    const times = await talkAndHold(desk);
    const number = await write(desk, story, times);
    await desk.end();
    expectHeard(await caller.report(), times);
    await desk.wrapUp(story.report);
    await expectFound(desk, story, number);
  });
}

/** It rings to the eye, the ear and the screen reader, and says why here. */
async function expectRinging(desk: Operator, story: Story): Promise<void> {
  await desk.is("ringing", 30_000);
  await expect(desk.page).toHaveTitle(/^●/);
  await expect(desk.get("live-assertive")).toHaveText(story.ringing);
  await expect(desk.get(TESTID.explanation).locator(".sentence")).not.toBeEmpty();
  await expect(desk.get(TESTID.pickList)).toBeVisible();
  await expect(desk.get(`${TESTID.pickItem}-1`)).toBeVisible();
}

/** Listens while talking, muted, on hold, and after it; sends a tone of the keypad. */
async function talkAndHold(desk: Operator): Promise<Times> {
  const ear = await desk.listen();
  const talked = await during(() => ear.hears(TONE.caller));
  await desk.press("F8");
  await expect(desk.get(TESTID.mute)).toHaveAttribute("aria-pressed", "true");
  const muted = await during(() => ear.hears(TONE.caller));
  await desk.press("F8");
  await desk.press("F4");
  await desk.is("on_hold");
  const held = await during(() => expectNothing(ear));
  await desk.press("F4");
  await desk.is("talking");
  const resumed = await during(() => ear.hears(TONE.caller));
  await desk.press("Shift+F8");
  await desk.press("5");
  await expect(desk.page.getByRole("status").filter({ hasText: /: 5$/ })).toBeVisible();
  await desk.press("Shift+F8");
  return { talked, muted, held, resumed, reloaded: [0, 0] };
}

async function expectNothing(ear: Ear): Promise<void> {
  const since = Date.now();
  await pause(LISTEN_MS - SETTLE_MS);
  expect(await ear.bursts(TONE.caller, since), "the caller is not heard while on hold").toBe(0);
}

/** Runs something while the sound is settled, for so long that several bursts pass. */
async function during(run: () => Promise<void>): Promise<[number, number]> {
  await pause(SETTLE_MS);
  const from = Date.now();
  await run();
  await pause(Math.max(0, from + LISTEN_MS - Date.now()));
  const to = Date.now();
  // The caller's clock is known to within the time its program took to start.
  await pause(SETTLE_MS);
  return [from, to];
}

/** Who it is about, notes in both scripts, and a reload in the middle. Returns the case's number. */
async function write(desk: Operator, story: Story, times: Times): Promise<string> {
  await desk.press("1");
  await expect(desk.get(`${TESTID.pickItem}-1`)).toHaveAttribute("aria-pressed", "true");
  await expect(desk.get(TESTID.contactPanel)).toBeVisible();
  await desk.tabTo(TESTID.notes);
  await desk.page.keyboard.type(story.notes);
  await desk.saved();
  const number = (await desk.get(TESTID.caseNumber).textContent()) ?? "";
  expect(number).toMatch(/^C-\d{4}-\d{4,}$/);
  await desk.page.reload();
  await desk.is("talking");
  await expect(desk.get(TESTID.caseNumber)).toHaveText(number);
  await expect(desk.get(TESTID.notes)).toHaveValue(story.notes);
  await expect(desk.get(TESTID.bar)).toHaveAttribute("data-media", "ready", { timeout: 15_000 });
  const ear = await desk.listen();
  times.reloaded = await during(() => ear.hears(TONE.caller));
  return number;
}

function expectHeard(report: Report, times: Times): void {
  const burstsIn = (times: [number, number]) => report.bursts(TONE.operator, ...times);
  expect(burstsIn(times.talked), report.text).toBeGreaterThanOrEqual(2);
  const told = `${JSON.stringify(times)}\n${report.text}`;
  expect(burstsIn(times.muted), `muted, the operator is not heard ${told}`).toBe(0);
  expect(burstsIn(times.held), `on hold the operator is not heard ${told}`).toBe(0);
  expect(report.level(...times.held), "on hold music is heard, dBFS").toBeGreaterThan(-40);
  expect(burstsIn(times.resumed), report.text).toBeGreaterThanOrEqual(2);
  expect(report.keys, report.text).toBe("5");
  expect(burstsIn(times.reloaded), report.text).toBeGreaterThanOrEqual(2);
}

/** Found within a moment by everything that somebody may remember. */
async function expectFound(desk: Operator, story: Story, number: string): Promise<void> {
  const person = await nameInTheOtherScript(desk, story, number);
  await desk.press("Escape");
  await desk.press("/");
  await expect(desk.get(TESTID.searchBox)).toBeFocused();
  const digits = story.from.slice(-5);
  for (const text of [...story.words, number, digits, person]) {
    await expectHit(desk, text, number);
  }
}

/** The person's name in the script that this console does not show first. */
async function nameInTheOtherScript(desk: Operator, story: Story, number: string) {
  const cases = await (await desk.api("GET", "/cases?mine=true")).json();
  const item = cases.cases.find((one: { number: string }) => one.number === number);
  const contact = await (await desk.api("GET", `/contacts/${item.contact_id}`)).json();
  return story.lang === "en" ? contact.name_hi : contact.name;
}

async function expectHit(desk: Operator, text: string, number: string): Promise<void> {
  const hits = desk.get(TESTID.hit);
  const began = Date.now();
  await expect(async () => {
    // Emptied first, so that no hit of an older question is taken for an answer to this one.
    await desk.page.keyboard.press("Control+A");
    await desk.page.keyboard.press("Delete");
    await expect(hits).toHaveCount(0);
    await desk.page.keyboard.insertText(text);
    await expect(hits.filter({ hasText: number }).first()).toBeVisible({ timeout: 1_000 });
  }, `search for ${text}`).toPass({ timeout: 6_000 });
  const description = `${text}: ${Date.now() - began} ms`;
  test.info().annotations.push({ type: "found after", description });
}
