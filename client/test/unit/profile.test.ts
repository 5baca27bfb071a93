import assert from 'node:assert/strict';
import { test } from 'node:test';
import { html } from '../../src/profile/html';
import { asFromPage, startOf } from '../../src/profile/messages';
import { figure, fitting, pointLine, summaryLine } from '../../src/profile/words';

const PAGE = {
  cspSource: 'https://files.test',
  scriptUri: 'https://files.test/profile.js',
  styleUri: 'https://files.test/profile.css?a="b"&c',
  nonce: 'n0nce',
};
const POINT = {
  range: { start: { line: 3, character: 0 }, end: { line: 5, character: 2 } },
  bitsPerWord: 6.25,
  maxSurprisalBits: null,
  nWords: 4,
};

test('the page may load its own script and style, and nothing else', () => {
  const policy = /Content-Security-Policy" content="([^"]+)"/.exec(html(PAGE))?.[1];
  assert.equal(policy, "default-src 'none'; style-src https://files.test; script-src 'nonce-n0nce'");
});

test('every script has the nonce, and there are no handlers or styles in the markup', () => {
  const page = html(PAGE);
  assert.deepEqual(page.match(/<script[^>]*>/g), ['<script nonce="n0nce" src="https://files.test/profile.js">']);
  assert.doesNotMatch(page, /\son\w+=|\sstyle=/);
  assert.match(page, /profile\.css\?a=&quot;b&quot;&amp;c"/);
});

test('only messages of the page are understood', () => {
  assert.deepEqual(asFromPage({ kind: 'ready' }), { kind: 'ready' });
  assert.deepEqual(asFromPage({ kind: 'jump', position: { line: 3, character: 0 }, more: 1 }), {
    kind: 'jump',
    position: { line: 3, character: 0 },
  });
  for (const message of [
    undefined,
    null,
    'jump',
    { kind: 'jump' },
    { kind: 'jump', position: { line: -1, character: 0 } },
    { kind: 'jump', position: { line: 0.5, character: 0 } },
    { kind: 'jump', position: { line: '0', character: 0 } },
    { kind: 'run', position: { line: 0, character: 0 } },
  ]) {
    assert.equal(asFromPage(message), undefined);
  }
});

test('the range of a code lens is taken by its start, anything else for none', () => {
  const start = { line: 4, character: 2 };
  assert.deepEqual(startOf({ start, end: { line: 9, character: 0 } }), start);
  for (const value of [undefined, null, 'file:///a.md', {}, { start: 4 }]) {
    assert.equal(startOf(value), undefined);
  }
});

test('what is not known is a dash', () => {
  assert.equal(figure(null), '–');
  assert.equal(figure(23.44), '23.4');
});

test('a point is told with its lines, counted from one, and its section', () => {
  assert.equal(
    pointLine(POINT, 'Install'),
    'lines 4–6 · Install · 6.3 bits per word · most surprising word – bits',
  );
  const oneLine = { ...POINT, range: { start: POINT.range.start, end: POINT.range.start } };
  assert.match(pointLine(oneLine, ''), /^line 4 · 6\.3/);
});

test('the summary is there once all is scored', () => {
  assert.equal(summaryLine('a.md', null), 'a.md');
  const summary = {
    perplexity: 20.6,
    bitsPerWord: 6.1,
    bitsPerByte: 1.02,
    maxSurprisalBits: 42,
    top1Accuracy: 0.4,
    nWords: 382,
    nTokens: 500,
    nBytes: 2000,
  };
  assert.equal(
    summaryLine('a.md', summary),
    'a.md · perplexity 20.6 · 6.1 bits per word · 1.02 bits per byte · 382 words',
  );
});

test('a title is cut to its width, or left out', () => {
  assert.equal(fitting('Troubleshooting', 200), 'Troubleshooting');
  assert.equal(fitting('Troubleshooting', 60), 'Troublesh…');
  assert.equal(fitting('Troubleshooting', 12), '');
});
