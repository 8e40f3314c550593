import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import en from "./en.json";
import hi from "./hi.json";

type Tree = { [key: string]: string | Tree };

function flat(tree: Tree, prefix = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === "string") found.set(prefix + key, value);
    else for (const [inner, text] of flat(value, `${prefix}${key}.`)) found.set(inner, text);
  }
  return found;
}

const english = flat(en);
const hindi = flat(hi);
const source = readdirSync("src", { recursive: true })
  .map(String)
  .filter((name) => /\.tsx?$/.test(name) && !name.includes(".test."))
  .map((name) => readFileSync(join("src", name), "utf8"))
  .join("\n");

describe("the words of both languages", () => {
  it("have the same keys", () => {
    expect([...hindi.keys()]).toEqual([...english.keys()]);
  });

  it("fill in the same values", () => {
    const holes = (text = "") => (text.match(/\{\{\w+\}\}/g) ?? []).sort();
    for (const [key, text] of english) {
      expect(holes(hindi.get(key)), key).toEqual(holes(text));
    }
  });

  it("are in Devanagari where they are Hindi, with Latin digits", () => {
    for (const [key, text] of hindi) {
      if (key === "app.otherLanguage") continue;
      expect(text, key).toMatch(/[\u0900-\u097f]/);
      expect(text, key).not.toMatch(/[\u0966-\u096f]/);
    }
  });

  it("are all used", () => {
    // t("a.b") and word: "a.b" name a key; t(`a.${x}`) uses every key below a.
    const literal = new Set(
      [...source.matchAll(/["'`]([a-z][\w]*(?:\.\w+)+)["'`]/gi)].map((m) => m[1]),
    );
    const families = [...source.matchAll(/`([a-z]\w*(?:\.\w+)*\.)\$\{/gi)].map((m) => m[1] ?? "");
    const unused = [...english.keys()].filter((key) => {
      const base = key.replace(/_(one|other)$/, "");
      return !literal.has(base) && !families.some((family) => key.startsWith(family));
    });
    expect(unused).toEqual([]);
  });
});
