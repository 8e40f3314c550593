// The cap of a key, as the hint beside a word.
import { keyName } from "./keys";

export function Key({ chord }: { chord: string }) {
  return <kbd aria-hidden="true">{keyName(chord)}</kbd>;
}
