// The present, once a second (or faster), for timers on the screen.
import { useEffect, useState } from "react";

export function useNow(every_ms = 1_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every_ms);
    return () => clearInterval(timer);
  }, [every_ms]);
  return now;
}
