import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync("src/styles/tokens.css", "utf8");

function scheme(selector: string): Map<string, string> {
  const at = css.indexOf(`${selector} {`);
  if (at < 0) throw new Error(`tokens.css has no ${selector}`);
  const block = css.slice(at);
  const body = block.slice(0, block.indexOf("\n}"));
  const pairs = [...body.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/gi)];
  return new Map(pairs.map(([, name, value]) => [name ?? "", value ?? ""]));
}

const light = scheme(":root");
const dark = new Map([...light, ...scheme('[data-theme="dark"]')]);

function luminance(hex: string): number {
  const parts = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
  const [r = 0, g = 0, b = 0] = parts.map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a = "", b = ""): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

const CLASSES = ["emg", "cli", "cbk", "std", "inf", "ok"];
/** Foreground, background, least ratio light, least ratio dark. Text is AAA, controls are AA. */
const PAIRS: [string, string, number, number][] = [
  ...["bg", "surface", "sunken"].flatMap((surface): [string, string, number, number][] => [
    ["ink", surface, 7, 7],
    ["ink-2", surface, 7, 7],
    ["ink-3", surface, 5.3, 5.7],
    ["focus", surface, 4.5, 4.5],
    ["line-strong", surface, 3.2, 4.3],
  ]),
  ...CLASSES.flatMap((name): [string, string, number, number][] => [
    ["on-solid", name, 6.5, 5.5],
    [`${name}-ink`, `${name}-soft`, 7.3, 8],
    [`${name}-edge`, "surface", 3, 3],
  ]),
  ["on-accent", "accent", 4.5, 4.5],
  ["accent-ink", "accent-soft", 4.5, 4.5],
  ["on-frame", "frame", 7, 7],
  ["on-frame-2", "frame", 7, 7],
  ["on-mark", "mark", 7, 6.7],
];

describe.each([
  ["light", light, 2],
  ["dark", dark, 3],
] as const)("contrast in the %s scheme", (_name, tokens, column) => {
  it.each(PAIRS)("%s on %s", (front, back, ...least) => {
    const ratio = contrast(tokens.get(front), tokens.get(back));
    // The figures are rounded to one digit.
    expect(ratio + 0.05).toBeGreaterThanOrEqual(least[column - 2] ?? 21);
  });
});

it("every colour of a style sheet is a token", () => {
  for (const name of ["base", "desk", "pages", "floor", "citizen", "mantine"]) {
    const sheet = readFileSync(`src/styles/${name}.css`, "utf8");
    expect(
      sheet.match(/#[0-9a-f]{3,8}\b/gi)?.filter((one) => one !== "#000"),
      name,
    ).toEqual(undefined);
  }
});
