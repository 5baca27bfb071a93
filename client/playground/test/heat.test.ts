import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EditorState, type StateEffect } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { findings, setFindings } from '../src/findings';
import { heatMap, setHeat, setMode } from '../src/heat';

const TEXT = 'one two three four five';
const WORDS = [
  { from: 4, to: 7, band: 1, surprisalBits: 9 },
  { from: 14, to: 18, band: 5, surprisalBits: 40 },
];
const WHOLE = setHeat.of({ from: 0, to: TEXT.length, words: WORDS });
const FOUND = { code: '', message: '', severity: 'hint', fixes: [], isAsked: true, sent: {} } as const;

function after(...effects: readonly (StateEffect<unknown> | { from: number; insert: string })[]): EditorState {
  const state = EditorState.create({ doc: TEXT, extensions: [findings, heatMap] });
  return effects.reduce(
    (now, one) => now.update('insert' in one ? { changes: one } : { effects: one }).state,
    state,
  );
}

function drawn(state: EditorState): string[] {
  const found: string[] = [];
  for (const set of state.facet(EditorView.decorations)) {
    if (typeof set !== 'function') {
      set.between(0, state.doc.length, (from, to, { spec }) => {
        found.push(`${state.sliceDoc(from, to)} ${(spec as { class: string }).class}`);
      });
    }
  }
  return found;
}

test('each word has the class of its band', () => {
  assert.deepEqual(drawn(after(WHOLE)), ['two heat h1', 'four heat h5']);
});

test('the heat moves with the text until the server says more', () => {
  assert.deepEqual(drawn(after(WHOLE, { from: 0, insert: 'zero ' })), ['two heat h1', 'four heat h5']);
});

test('what is known outside of a part stays', () => {
  const part = setHeat.of({ from: 0, to: 8, words: [{ from: 0, to: 3, band: 2, surprisalBits: 12 }] });
  assert.deepEqual(drawn(after(WHOLE, part)), ['one heat h2', 'four heat h5']);
});

test('the modes draw nothing, what findings are about, and all', () => {
  const finding = setFindings.of([{ ...FOUND, from: 14, to: 18 }]);
  assert.deepEqual(drawn(after(WHOLE, finding, setMode.of('off'))), []);
  assert.deepEqual(drawn(after(WHOLE, finding, setMode.of('findings'))), ['four heat h5']);
  assert.deepEqual(drawn(after(WHOLE, finding, setMode.of('full'))), ['two heat h1', 'four heat h5']);
});

test('a band that is not known is drawn as the nearest one, and an empty word not at all', () => {
  const words = [
    { from: 0, to: 3, band: 9, surprisalBits: 90 },
    { from: 5, to: 5, band: 1, surprisalBits: 9 },
  ];
  assert.deepEqual(drawn(after(setHeat.of({ from: 0, to: 23, words }))), ['one heat h5']);
});
