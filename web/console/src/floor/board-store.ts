// Keeps the board of a supervisor and tells React when it changes. Fed with every frame of the stream
// from the first on, whichever page is open.
import type { ServerFrame } from "../api/types";
import { type Board, boardStep } from "./board";

export class BoardStore {
  private board: Board | null = null;
  private readonly listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Null for those who do not watch the floor, and before the first frame. */
  readonly snapshot = (): Board | null => this.board;

  take(frame: ServerFrame, at: number): void {
    const next = boardStep(this.board, frame, at);
    if (next === this.board) return;
    this.board = next;
    for (const listener of this.listeners) listener();
  }
}
