// Two live regions for the whole page. An assertive sentence interrupts; polite ones wait. The same
// sentence twice is spoken twice, because the text alternates with an invisible mark.
import { useSyncExternalStore } from "react";

export type Politeness = "assertive" | "polite";

interface Said {
  assertive: string;
  polite: string;
}

let said: Said = { assertive: "", polite: "" };
const listeners = new Set<() => void>();

/** Says a sentence to a screen reader. */
export function announce(text: string, politeness: Politeness = "polite"): void {
  const again = said[politeness] === text ? `${text}\u00a0` : text;
  said = { ...said, [politeness]: again };
  for (const listener of listeners) listener();
}

export function Announcer() {
  const now = useSyncExternalStore(subscribe, () => said);
  return (
    <>
      <div className="unseen" role="alert" aria-live="assertive" data-testid="live-assertive">
        {now.assertive}
      </div>
      <div className="unseen" role="status" aria-live="polite" data-testid="live-polite">
        {now.polite}
      </div>
    </>
  );
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
