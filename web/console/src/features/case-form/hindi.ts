// Hindi by sound: a word typed in Latin letters (ITRANS: aa, ii, T for ट, .n for the bindu) becomes
// Devanagari when the word ends. The transliteration is a library's, loaded on first use; here is
// only where a word begins and ends, and what Hindi does otherwise than Sanskrit.

type Transliterate = (word: string) => string;

let loading: Promise<Transliterate> | null = null;

export function loadHindi(): Promise<Transliterate> {
  loading ??= import("@indic-transliteration/sanscript").then((library) => {
    const sanscript = library.default ?? library;
    return (word: string) => hindiWord(sanscript.t(word, "itrans", "devanagari"));
  });
  return loading;
}

export interface Converted {
  text: string;
  caret: number;
  /** Where the Devanagari word stands and what was typed for it, to take it back. */
  undo: { from: number; to: number; latin: string };
}

const WORD_END = /[\s,;:!?)]/;
const LATIN_WORD = /[A-Za-z][A-Za-z.~^']*$/;

/** Converts the word just ended at the caret, if there is one. */
export function convertBefore(
  text: string,
  caret: number,
  transliterate: Transliterate,
): Converted | null {
  const end = caret - 1;
  if (end < 1 || !WORD_END.test(text.charAt(end))) return null;
  const latin = LATIN_WORD.exec(text.slice(0, end))?.[0];
  if (!latin) return null;
  // A full stop at the end of a word is one; inside a word it belongs to the spelling.
  const stop = latin.endsWith(".") ? "।" : "";
  const word = transliterate(stop ? latin.slice(0, -1) : latin) + stop;
  const from = end - latin.length;
  const next = text.slice(0, from) + word + text.slice(end);
  return {
    text: next,
    caret: from + word.length + 1,
    undo: { from, to: from + word.length, latin },
  };
}

/** A Hindi word does not end in a virama: the last vowel is silent, not struck out. NFC, as stored. */
function hindiWord(word: string): string {
  return word.normalize("NFC").replace(/\u094d$/, "");
}
