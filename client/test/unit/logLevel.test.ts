import assert from 'node:assert/strict';
import { test } from 'node:test';
import { levelOf } from '../../src/start/logLevel';

test('a line of the log has the level that it names', () => {
  assert.equal(levelOf('2026-11-21 21:00:00,123 WARNING ppl_lsp.session: slow'), 'warn');
  assert.equal(levelOf('2026-11-21 21:00:00,123 CRITICAL ppl_lsp: gone'), 'error');
  assert.equal(levelOf('2026-11-21 21:00:00,123 DEBUG asyncio: x'), 'debug');
});

test('what is no line of the log is information', () => {
  assert.equal(levelOf('Traceback (most recent call last):'), 'info');
  assert.equal(levelOf(''), 'info');
  assert.equal(levelOf('a b toString c'), 'info');
});
