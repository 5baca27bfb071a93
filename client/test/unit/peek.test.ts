import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOLD_MS, Peek, REPEAT_MS, TAP_MS, type Clock } from '../../src/heat/peek';

/** A clock that stands still until it is told to go on. */
class HandClock implements Clock {
  #now = 0;
  #callbacks: { readonly at: number; readonly callback: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(delayMs: number, callback: () => void): () => void {
    const entry = { at: this.#now + delayMs, callback };
    this.#callbacks.push(entry);
    return () => {
      this.#callbacks = this.#callbacks.filter((each) => each !== entry);
    };
  }

  pass(durationMs: number): void {
    this.#now += durationMs;
    for (const { callback } of this.#callbacks.filter(({ at }) => at <= this.#now)) {
      callback();
    }
  }

  get nWaiting(): number {
    return this.#callbacks.length;
  }
}

function started(): { clock: HandClock; peek: Peek; shown: boolean[] } {
  const clock = new HandClock();
  const shown: boolean[] = [];
  const peek = new Peek(clock, () => shown.push(peek.isShown));
  return { clock, peek, shown };
}

test('a key that is held shows the heat map until it is let go', () => {
  const { clock, peek, shown } = started();
  peek.press();
  clock.pass(500);
  for (let repeats = 0; repeats < 100; repeats++) {
    peek.press();
    clock.pass(30);
  }
  assert.deepEqual(shown, [true]);
  clock.pass(REPEAT_MS);
  assert.deepEqual(shown, [true, false]);
});

test('a key that was pressed once shows it until something else is done', () => {
  const { clock, peek, shown } = started();
  peek.press();
  clock.pass(HOLD_MS + 1);
  assert.deepEqual(shown, [true]);
  peek.end();
  assert.deepEqual(shown, [true, false]);
});

test('it ends by itself after a while, and nothing waits any longer', () => {
  const { clock, peek, shown } = started();
  peek.press();
  clock.pass(TAP_MS);
  assert.deepEqual(shown, [true, false]);
  assert.equal(clock.nWaiting, 0);
});

test('ending what is not shown changes nothing', () => {
  const { peek, shown } = started();
  peek.end();
  assert.deepEqual(shown, []);
});
