/**
 * The heat map for as long as a key is held.
 *
 * Editors tell extensions of no key that is let go; but a held key repeats, and with it the command.
 * So a key that repeats shows the heat map until it stops, and one that was only pressed until
 * something else is done, or a while has passed.
 */

/** A held key repeats at least this often. */
export const REPEAT_MS = 400;
/** Slower than the pause before a key begins to repeat, which is a second at most. */
export const HOLD_MS = 1000;
export const TAP_MS = 10_000;

export interface Clock {
  now(): number;
  /** Call back after a while; return how to give that up. */
  after(delayMs: number, callback: () => void): () => void;
}

export class Peek {
  readonly #clock: Clock;
  readonly #changed: () => void;
  #cancel: (() => void) | undefined;
  #pressedAt = -Infinity;

  constructor(clock: Clock, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  get isShown(): boolean {
    return this.#cancel !== undefined;
  }

  /** The key was pressed, or repeats. */
  press(): void {
    const now = this.#clock.now();
    const isHeld = this.isShown && now - this.#pressedAt <= HOLD_MS;
    this.#pressedAt = now;
    const wasShown = this.isShown;
    this.#cancel?.();
    this.#cancel = this.#clock.after(isHeld ? REPEAT_MS : TAP_MS, () => {
      this.end();
    });
    if (!wasShown) {
      this.#changed();
    }
  }

  /** Something else was done. */
  end(): void {
    if (this.#cancel !== undefined) {
      this.#cancel();
      this.#cancel = undefined;
      this.#changed();
    }
  }
}
