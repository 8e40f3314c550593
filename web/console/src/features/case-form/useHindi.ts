// The transliteration, loaded when it is first wanted; null until it is there or while it is not.
import { useEffect, useState } from "react";
import { loadHindi } from "./hindi";

export function useTransliterate(on: boolean): ((word: string) => string) | null {
  const [loaded, setLoaded] = useState<{ run: (word: string) => string } | null>(null);
  useEffect(() => {
    if (!on) return;
    let over = false;
    void loadHindi().then((run) => {
      if (!over) setLoaded({ run });
    });
    return () => {
      over = true;
    };
  }, [on]);
  return on ? (loaded?.run ?? null) : null;
}
