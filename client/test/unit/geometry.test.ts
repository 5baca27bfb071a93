import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bars,
  linesExtent,
  marks,
  pointAt,
  pointExtents,
  scale,
  sectionExtents,
  steps,
  xOf,
} from '../../src/profile/geometry';
import type { ProfilePoint, ProfileSection } from '../../src/protocol';

// Ten words on lines 0 to 4, thirty on lines 5 to 9.
const POINTS = [point(0, 5, 10), point(5, 10, 30)];
const ACROSS = { left: 100, right: 500 };
const EXTENTS = pointExtents(POINTS, ACROSS);
const LANE = { ...ACROSS, top: 0, bottom: 50 };

test('a word is as wide as any other', () => {
  assert.deepEqual(EXTENTS, [
    { left: 100, right: 200 },
    { left: 200, right: 500 },
  ]);
  assert.deepEqual(pointExtents([], ACROSS), []);
});

test('a place in the plot belongs to the point over it, outside to the nearest', () => {
  assert.equal(pointAt(EXTENTS, 199), 0);
  assert.equal(pointAt(EXTENTS, 200), 1);
  assert.equal(pointAt(EXTENTS, 0), 0);
  assert.equal(pointAt(EXTENTS, 900), 1);
  assert.equal(pointAt([], 200), undefined);
});

test('a position lies between the points as it does in the text', () => {
  assert.equal(xOf({ line: 0, character: 0 }, POINTS, EXTENTS), 100);
  assert.equal(xOf({ line: 5, character: 0 }, POINTS, EXTENTS), 200);
  assert.equal(xOf({ line: 7, character: 9 }, POINTS, EXTENTS), 320);
  assert.equal(xOf({ line: 99, character: 0 }, POINTS, EXTENTS), 500);
  assert.equal(xOf({ line: 0, character: 0 }, [], []), 0);
});

test('positions on one line are told apart by their characters', () => {
  const line = { start: { line: 3, character: 10 }, end: { line: 3, character: 30 } };
  const points = [{ ...point(0, 1, 4), range: line }];
  assert.equal(xOf({ line: 3, character: 15 }, points, [{ left: 0, right: 100 }]), 25);
});

test('a later position is never to the left of an earlier one', () => {
  let before = -Infinity;
  for (let line = 0; line < 12; line++) {
    const x = xOf({ line, character: 0 }, POINTS, EXTENTS);
    assert.ok(before <= x);
    before = x;
  }
});

test('a section reaches to the next, the last to the end', () => {
  const sections = [section(0), section(5)];
  assert.deepEqual(
    sectionExtents(sections, POINTS, EXTENTS).map(({ left, right }) => [left, right]),
    [
      [100, 200],
      [200, 500],
    ],
  );
});

test('visible lines are marked up to the end of the last', () => {
  assert.deepEqual(linesExtent({ first: 0, last: 4 }, POINTS, EXTENTS), { left: 100, right: 200 });
});

test('a scale begins at zero, holds all values and has a few round marks', () => {
  for (const highest of [0.3, 1, 4, 7.3, 19, 20, 41, 99.9, 1234]) {
    const axis = scale([null, highest, highest / 3]);
    const all = marks(axis);
    assert.ok(highest < axis.top && axis.top <= 1.2 * Math.max(1, highest));
    assert.equal(all[0], 0);
    assert.ok(all.every((mark) => mark <= axis.top));
    assert.ok(2 <= all.length && all.length <= 6, String(highest));
    assert.match(String(axis.step), /^0?\.?0*[125]0*$/);
  }
  assert.ok(0 < scale([]).top);
});

test('a line is interrupted where nothing is scored', () => {
  const extents = pointExtents([point(0, 1, 1), point(1, 2, 1), point(2, 3, 1)], { left: 0, right: 30 });
  assert.equal(steps([5, null, 10], extents, 10, LANE), 'M0 25L10 25M20 0L30 0');
  assert.equal(steps([5, 10], extents, 10, LANE), 'M0 25L10 25L10 0L20 0');
  assert.equal(bars([null, 5], extents, 10, LANE), 'M10 50V25H20V50Z');
});

function point(first: number, end: number, nWords: number): ProfilePoint {
  const range = { start: { line: first, character: 0 }, end: { line: end, character: 0 } };
  return { range, bitsPerWord: 6, maxSurprisalBits: 20, nWords };
}

function section(first: number): ProfileSection {
  return {
    title: 'Install',
    level: 1,
    range: { start: { line: first, character: 0 }, end: { line: first + 1, character: 0 } },
    perplexity: 20,
    bitsPerWord: 6,
    bitsPerByte: 1,
    maxSurprisalBits: 20,
    nWords: 10,
    nFindings: 0,
  };
}
