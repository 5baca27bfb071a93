import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOST_BYTES, languageOf, objection, uriOf } from '../src/documents';
import { absence } from '../src/profilePane';
import { modelLine, stateLine, summaryText } from '../src/statusLine';
import { sessionAddress } from '../src/transport';
import { editsOf, severityOf } from '../src/wire';

const URI = 'playground:///1/sample.md';
const EDIT = { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } }, newText: 'x' };

test('edits are taken in both forms of the protocol', () => {
  assert.deepEqual(editsOf({ title: '', edit: { changes: { [URI]: [EDIT] } } }, URI, 3), [EDIT]);
  const documentChanges = [{ textDocument: { uri: URI, version: 3 }, edits: [EDIT] }];
  assert.deepEqual(editsOf({ title: '', edit: { documentChanges } }, URI, 3), [EDIT]);
});

test('actions that do anything else are not offered', () => {
  const other = { textDocument: { uri: 'file:///x', version: null }, edits: [EDIT] };
  const ours = { textDocument: { uri: URI, version: 3 }, edits: [EDIT] };
  assert.equal(editsOf({ title: '' }, URI, 3), undefined);
  assert.equal(editsOf({ title: '', edit: null }, URI, 3), undefined);
  assert.equal(editsOf({ title: '', edit: { documentChanges: [other] } }, URI, 3), undefined);
  assert.equal(editsOf({ title: '', edit: { documentChanges: [ours, other] } }, URI, 3), undefined);
  assert.equal(editsOf({ title: '', edit: { documentChanges: [ours] } }, URI, 4), undefined);
  assert.equal(editsOf({ title: '', edit: { changes: { 'file:///x': [EDIT] } } }, URI, 3), undefined);
});

test('no finding is called an error', () => {
  assert.deepEqual([undefined, 1, 2, 3, 4].map(severityOf), ['hint', 'warning', 'warning', 'info', 'hint']);
});

test('the language of a file is told by its name', () => {
  const names = ['a.md', 'b.TXT', 'c.tar.rst', 'Makefile', '.py', 'x.constructor', 'dir.py/notes'];
  assert.deepEqual(names.map(languageOf), [
    ...['markdown', 'plaintext', 'restructuredtext', 'markdown', 'python', 'markdown', 'markdown'],
  ]);
});

test('no two texts share an address, and any name makes one', () => {
  assert.notEqual(uriOf('a.md', 1), uriOf('a.md', 2));
  assert.equal(uriOf('a b/ü?.md', 1), 'playground:///1/a%20b%2F%C3%BC%3F.md');
  assert.equal(uriOf('\ud800\u{1d11e}', 1), 'playground:///1/%EF%BF%BD%F0%9D%84%9E');
});

test('what is too large or no text is refused in words', () => {
  assert.equal(objection('a.md', MOST_BYTES, 'text'), undefined);
  assert.match(objection('a.md', MOST_BYTES + 1, undefined) ?? '', /^a\.md is too large: 2\.0 MB/);
  assert.equal(objection('a.png', 10, 'PNG\0'), 'a.png is no text.');
});

test('the status is said without our name before it', () => {
  assert.equal(stateLine({ state: 'ready', message: 'ppl 23.4' }), 'ready');
  assert.equal(stateLine({ state: 'scoring', message: 'ppl: scoring 38 %' }), 'scoring 38 %');
});

test('figures are said once they are known', () => {
  const summary = { perplexity: 20.61, bitsPerWord: null, bitsPerByte: 1.021, maxSurprisalBits: 40, top1Accuracy: 0.4 };
  const counts = { nTokens: 5, nBytes: 20 };
  assert.equal(
    summaryText({ ...summary, ...counts, nWords: 3 }),
    'perplexity 20.6 · – bits per word · 1.02 bits per byte · 3 words',
  );
  assert.equal(summaryText({ ...summary, ...counts, nWords: 0 }), '');
  assert.equal(summaryText(null), '');
});

test('the model is named before it is known how it runs', () => {
  assert.equal(modelLine({ model: 'embedded', device: '', precision: '' }), 'model embedded');
  assert.equal(modelLine({ model: 'embedded', device: 'cpu', precision: 'bf16' }), 'model embedded · cpu · bf16');
});

test('the session is beside the page', () => {
  assert.equal(sessionAddress('http://127.0.0.1:1/secret/'), 'ws://127.0.0.1:1/secret/session');
  assert.equal(sessionAddress('http://127.0.0.1:1/secret/index.html#x'), 'ws://127.0.0.1:1/secret/session');
});

test('where no profile is it is said why', () => {
  assert.equal(absence({ isScored: true, message: '' }), 'There are no words to plot.');
  assert.equal(absence({ isScored: false, message: 'ppl: scoring 14 %' }), 'Drawn when all of the text is scored.');
  assert.equal(absence({ isScored: false, message: 'ppl: loading embedded…' }), 'ppl: loading embedded…');
});
