// The telephone that this browser's person used last, and its return after a restart of the helpline.
import { useEffect } from "react";
import { putStation } from "../../api/operations";
import { useCall, useCallStore } from "../../call/CallProvider";

const KEY = "helpline.station";

export function rememberedStation(): string | null {
  return localStorage.getItem(KEY);
}

export function rememberStation(address: string | null): void {
  if (address) localStorage.setItem(KEY, address);
  else localStorage.removeItem(KEY);
}

/** Tells a helpline that has forgotten the telephone, once for each time it is met without one. */
export function useStationReturn(): void {
  const store = useCallStore();
  const { agent, station, link } = useCall();
  const forgotten = agent !== null && link.kind === "online" && station === null;
  useEffect(() => {
    const address = rememberedStation();
    if (!forgotten || !address) return;
    putStation(address).then(
      (view) => {
        const frame = { type: "agent_state_changed", agent: view } as const;
        store.dispatch({ kind: "frame", frame, at: Date.now() });
      },
      // Refused, or no answer: the settings say so to whoever asks.
      () => undefined,
    );
  }, [forgotten, store]);
}
