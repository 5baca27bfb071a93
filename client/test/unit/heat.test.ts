import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missing, type Lines, type View } from '../../src/heat/lines';
import { asMode, drawn, toggled } from '../../src/heat/mode';
import type { HeatBand, WireRange } from '../../src/protocol';

const VIEW: View = { version: 3, generation: 0, visible: [{ first: 100, last: 119 }], nLines: 1000 };

test('the visible lines are asked for with as many around them', () => {
  assert.deepEqual(missing(VIEW, undefined), [{ first: 80, last: 139 }]);
});

test('the margin ends with the document', () => {
  const whole = { ...VIEW, visible: [{ first: 2, last: 30 }], nLines: 40 };
  assert.deepEqual(missing(whole, undefined), [{ first: 0, last: 39 }]);
});

test('nothing is asked for while what is visible is known', () => {
  const scope = { version: 3, generation: 0, lines: missing(VIEW, undefined) };
  assert.deepEqual(missing({ ...VIEW, visible: [{ first: 120, last: 139 }] }, scope), []);
  assert.notDeepEqual(missing({ ...VIEW, visible: [{ first: 121, last: 140 }] }, scope), []);
});

test('another version or another model is asked for anew', () => {
  const scope = { version: 3, generation: 0, lines: missing(VIEW, undefined) };
  assert.notDeepEqual(missing({ ...VIEW, version: 4 }, scope), []);
  assert.notDeepEqual(missing({ ...VIEW, generation: 1 }, scope), []);
});

test('what is folded between two visible parts is not asked for', () => {
  const folded = { ...VIEW, visible: [lines(10, 19), lines(500, 509)] };
  assert.deepEqual(missing(folded, undefined), [lines(0, 29), lines(490, 519)]);
});

test('whatever is visible, it is in what is asked for, once', () => {
  const random = generator(7);
  for (let run = 0; run < 500; run++) {
    const nLines = 1 + random(60);
    const cuts = Array.from({ length: 2 * (1 + random(3)) }, () => random(nLines)).sort((one, other) => one - other);
    const visible = cuts.flatMap((last, index) => (index % 2 === 1 ? [lines(cuts[index - 1] ?? 0, last)] : []));
    const asked = missing({ version: 1, generation: 0, visible, nLines }, undefined);
    const all = asked.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, line) => first + line));
    assert.equal(new Set(all).size, all.length);
    assert.ok(all.every((line) => 0 <= line && line < nLines));
    for (const { first, last } of visible) {
      for (let line = first; line <= last; line++) {
        assert.ok(all.includes(line));
      }
    }
  }
});

test('the toggle leads from anything to all, and from all to nothing', () => {
  assert.equal(toggled('off'), 'full');
  assert.equal(toggled('findings'), 'full');
  assert.equal(toggled('full'), 'off');
});

test('a setting that is no mode is off', () => {
  assert.equal(asMode('findings'), 'findings');
  assert.equal(asMode('loud'), 'off');
  assert.equal(asMode(undefined), 'off');
});

test('findings only: words that a finding is about', () => {
  const bands = [band(0, 0, 4), band(0, 5, 9), band(2, 0, 3)];
  assert.deepEqual(drawn('findings', bands, [range(0, 5, 9)]), [bands[1]]);
  assert.deepEqual(drawn('findings', bands, [range(0, 4, 5)]), []);
  assert.deepEqual(drawn('findings', bands, [{ start: { line: 0, character: 7 }, end: { line: 3, character: 0 } }]), [
    bands[1],
    bands[2],
  ]);
  assert.deepEqual(drawn('full', bands, []), bands);
  assert.deepEqual(drawn('off', bands, [range(0, 5, 9)]), []);
});

function lines(first: number, last: number): Lines {
  return { first, last };
}

function range(line: number, start: number, end: number): WireRange {
  return { start: { line, character: start }, end: { line, character: end } };
}

function band(line: number, start: number, end: number): HeatBand {
  return { range: range(line, start, end), band: 2, surprisalBits: 14 };
}

/** Return a source of whole numbers below a bound that is the same in every run. */
function generator(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}
