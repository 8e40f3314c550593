// The board, as it is now, and the server's clock, ticking here.
import { useSyncExternalStore } from "react";
import { useCallStore } from "../../call/CallProvider";
import type { Board } from "../../floor/board";
import { useNow } from "../../ui/useNow";

export function useBoard(): Board | null {
  const { board } = useCallStore();
  return useSyncExternalStore(board.subscribe, board.snapshot);
}

/** Milliseconds of the server's clock, once a second. */
export function useFloorNow(board: Board): number {
  return useNow() + board.skew_ms;
}
