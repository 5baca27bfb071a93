import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Status } from '../../src/protocol';
import { details, label, MISSING } from '../../src/status/status';

const READY: Status = {
  state: 'ready',
  message: 'ppl: ready',
  model: 'embedded',
  device: 'cpu',
  precision: 'bf16',
};

test('the text is the message of the server', () => {
  assert.equal(label(READY), 'ppl: ready');
});

test('states in which nothing is scored have an icon', () => {
  assert.equal(label({ ...READY, state: 'loading', message: 'ppl: loading' }), '$(loading~spin) ppl: loading');
  assert.equal(label(MISSING), '$(error) ppl: server not found');
});

test('a state of a newer server is shown by its message', () => {
  assert.equal(label({ ...READY, state: 'pondering', message: 'ppl: pondering' }), 'ppl: pondering');
});

test('the tooltip tells model, device and precision as far as they are known', () => {
  assert.deepEqual(details(READY), ['ppl: ready', 'Model: embedded', 'Device: cpu', 'Precision: bf16']);
  assert.deepEqual(details({ ...READY, device: '', precision: '' }), ['ppl: ready', 'Model: embedded']);
  assert.deepEqual(details(MISSING), ['ppl: server not found']);
});
