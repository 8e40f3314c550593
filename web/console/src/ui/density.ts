// How close the lines of the screens stand, chosen by the person for this machine. Dense fits a cheap
// screen; roomy is easier on tired eyes.
import { useSyncExternalStore } from "react";

export const DENSITIES = ["dense", "roomy"] as const;
export type Density = (typeof DENSITIES)[number];
const DENSITY_KEY = "helpline.density";

let density: Density = localStorage.getItem(DENSITY_KEY) === "roomy" ? "roomy" : "dense";
const listeners = new Set<() => void>();
apply();

export function setDensity(next: Density): void {
  density = next;
  localStorage.setItem(DENSITY_KEY, next);
  apply();
  for (const listener of listeners) listener();
}

export function useDensity(): Density {
  return useSyncExternalStore(subscribe, () => density);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function apply(): void {
  document.documentElement.dataset.density = density;
}
