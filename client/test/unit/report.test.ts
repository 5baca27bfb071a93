import assert from 'node:assert/strict';
import { test } from 'node:test';
import { insideEditor } from '../../src/reportPage';

const POLICY = /<meta http-equiv="Content-Security-Policy" content="default-src 'none'; [^"]+">/;

test('the policy comes before anything that could load', () => {
  const page = insideEditor(
    '<!doctype html>\n<html lang="en"><head>\n<script>1</script></head><body>x</body></html>',
    'light',
  );
  const { index } = POLICY.exec(page) ?? { index: Infinity };
  assert.ok(index < page.indexOf('<script>'));
  assert.match(page, /<head><meta [^>]+><style>[^<]+<\/style>\n<script>1<\/script><\/head><body>x<\/body><\/html>$/);
});

test('what stands before the head is left out, and a page without one is empty', () => {
  assert.doesNotMatch(insideEditor('<script>1</script><head><title>x</title></head>', 'light'), /script>/);
  assert.doesNotMatch(insideEditor('<img src="https://example.org/x">', 'light'), /img src/);
});

test('nothing of the policy names an address', () => {
  const policy = POLICY.exec(insideEditor('<head>', 'light'))?.[0] ?? '';
  assert.doesNotMatch(policy, /https?:|\*/);
});

test('the colours are those of the editor', () => {
  for (const colors of ['light', 'dark'] as const) {
    assert.match(insideEditor('<head>', colors), new RegExp(`^<!DOCTYPE html><html lang="en" class="${colors}"><head>`));
  }
});
