import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChangeSet, EditorState } from '@codemirror/state';
import { findings, moved, setFindings, type Finding } from '../src/findings';
import { isReplacing, nothingSaid } from '../src/findingsList';

const TEXT = 'The list and qqthen more.';
const FIX = { title: 'Replace', isPreferred: true, changes: [{ from: 13, to: 19, insert: 'then' }] };
const IGNORE = { title: 'Ignore', isPreferred: false, changes: [{ from: 25, to: 25, insert: '\n' }] };
const FINDING: Finding = {
  from: 13,
  to: 19,
  code: 'likely-mistake',
  message: '“qqthen” may be meant as “then”',
  severity: 'warning',
  fixes: [FIX, IGNORE],
  isAsked: true,
  sent: {},
};

function change(from: number, to: number, insert: string): ChangeSet {
  return ChangeSet.of({ from, to, insert }, TEXT.length);
}

test('a finding moves with the text before it, and its fixes with it', () => {
  const later = moved(FINDING, change(0, 3, 'Our long'));
  assert.deepEqual([later?.from, later?.to], [18, 24]);
  assert.deepEqual(later?.fixes.map(({ changes }) => changes[0]?.from), [18, 30]);
});

test('a finding that is written in is gone', () => {
  for (const place of [13, 15, 19]) {
    assert.equal(moved(FINDING, change(place, place, 'x')), undefined);
  }
  assert.equal(moved(FINDING, change(0, TEXT.length, '')), undefined);
});

test('a fix whose place is written in is gone alone', () => {
  assert.deepEqual(moved(FINDING, change(25, 25, '!'))?.fixes, [FIX]);
});

test('every change outside of a finding leaves it on its word', () => {
  for (let from = 0; from <= TEXT.length; from += 1) {
    for (let to = from; to <= TEXT.length; to += 1) {
      const edit = change(from, to, 'ab');
      const now = edit.apply(EditorState.create({ doc: TEXT }).doc).toString();
      const place = moved(FINDING, edit);
      const touches = from <= FINDING.to && FINDING.from <= to;
      assert.equal(place === undefined, touches);
      assert.equal(place === undefined ? 'qqthen' : now.slice(place.from, place.to), 'qqthen');
    }
  }
});

test('what can be done about a finding stays until the server was asked anew', () => {
  const state = EditorState.create({ doc: TEXT, extensions: findings });
  const first = state.update({ effects: setFindings.of([FINDING]) }).state;
  const again = { ...FINDING, fixes: [], isAsked: false };
  const second = first.update({ effects: setFindings.of([again]) }).state;
  assert.deepEqual(second.field(findings)[0]?.fixes, FINDING.fixes);
  assert.equal(second.field(findings)[0]?.isAsked, false);
  const answered = second.update({ effects: setFindings.of([{ ...again, isAsked: true }]) }).state;
  assert.deepEqual(answered.field(findings)[0]?.fixes, []);
});

test('replacing is told from ignoring', () => {
  assert.ok(isReplacing(FIX, FINDING));
  assert.ok(!isReplacing(IGNORE, FINDING));
});

test('where nothing is found it is said why', () => {
  assert.equal(nothingSaid(1, 10), '');
  assert.match(nothingSaid(0, 0), /^Type/);
  assert.match(nothingSaid(0, 10), /^Nothing found/);
});
