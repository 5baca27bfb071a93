import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withPolicy } from '../../src/reportPage';

const POLICY = /<meta http-equiv="Content-Security-Policy" content="default-src 'none'; [^"]+">/;

test('the policy comes before anything that could load', () => {
  const page = withPolicy('<!doctype html>\n<html lang="en"><head>\n<script>1</script></head><body>x</body></html>');
  const { index } = POLICY.exec(page) ?? { index: Infinity };
  assert.ok(index < page.indexOf('<script>'));
  assert.match(page, /<head><meta [^>]+>\n<script>1<\/script><\/head><body>x<\/body><\/html>$/);
});

test('what stands before the head is left out, and a page without one is empty', () => {
  assert.doesNotMatch(withPolicy('<script>1</script><head><title>x</title></head>'), /script>/);
  assert.doesNotMatch(withPolicy('<img src="https://example.org/x">'), /img src/);
});

test('nothing of the policy names an address', () => {
  const policy = POLICY.exec(withPolicy('<head>'))?.[0] ?? '';
  assert.doesNotMatch(policy, /https?:|\*/);
});
