// Keeps what is typed on this machine: whoever enters calls after a power cut may meet the next one.
import { del, get, set } from "idb-keyval";
import { useEffect, useRef, useState } from "react";
import { EMPTY, type Paper } from "./paper";

const STORE_KEY = "draft:paper";

export function usePaperDraft() {
  const [paper, setPaper] = useState<Paper>(EMPTY);
  const touched = useRef(false);
  useEffect(() => {
    get<Partial<Paper>>(STORE_KEY)
      .then((kept) => {
        if (kept && !touched.current) setPaper({ ...EMPTY, ...kept });
      })
      .catch(() => undefined);
  }, []);
  function edit(part: Partial<Paper>) {
    touched.current = true;
    setPaper((now) => {
      const next = { ...now, ...part };
      void set(STORE_KEY, next).catch(() => undefined);
      return next;
    });
  }
  async function forget() {
    setPaper(EMPTY);
    await del(STORE_KEY).catch(() => undefined);
  }
  return { paper, edit, forget };
}
