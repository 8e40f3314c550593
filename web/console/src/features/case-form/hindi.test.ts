import { expect, it } from "vitest";
import { convertBefore, loadHindi } from "./hindi";

it("turns words typed by sound into Devanagari when they end", async () => {
  const run = await loadHindi();
  const typed = ["bukhaar ", "kamazorii ", "khaa.Nsii ", "dard ", "pet me.n ", "rahe hai.n. "];
  const words = typed.map((text) => convertBefore(text, text.length, run)?.text);
  expect(words).toEqual([
    "बुखार ",
    "कमज़ोरी ".normalize("NFC"),
    "खाँसी ",
    "दर्द ",
    "pet में ",
    "rahe हैं। ",
  ]);
});

it("keeps the caret behind the word and remembers what was typed", async () => {
  const run = await loadHindi();
  const result = convertBefore("आज dard hai", 8, run);
  expect(result).toEqual({
    text: "आज दर्द hai",
    caret: 8,
    undo: { from: 3, to: 7, latin: "dard" },
  });
});

it("leaves unfinished words, numbers and Devanagari alone", async () => {
  const run = await loadHindi();
  for (const text of ["bukhaar", "100 ", "दर्द ", " ", ""]) {
    expect(convertBefore(text, text.length, run)).toBeNull();
  }
});
