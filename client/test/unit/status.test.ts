import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Status } from '../../src/protocol';
import { CRASHED, details, isFailure, isPaused, isRunning, isScoring, isSilent, label, MISSING, STARTING, STOPPED } from '../../src/status/status';

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

test('what is silent takes away what was drawn', () => {
  const silent = [MISSING, CRASHED, STOPPED, ...['paused', 'off', 'failed'].map((state) => ({ ...READY, state }))];
  assert.ok(silent.every(isSilent));
  const loud = [READY, STARTING, ...['scoring', 'loading', 'pondering'].map((state) => ({ ...READY, state }))];
  assert.ok(!loud.some(isSilent));
});

test('states are told apart by what the client does in them', () => {
  assert.ok([MISSING, CRASHED].every((status) => isFailure(status) && !isRunning(status)));
  assert.ok(isFailure({ ...READY, state: 'failed' }) && isRunning({ ...READY, state: 'failed' }));
  assert.ok(isPaused({ ...READY, state: 'paused' }) && !isPaused(READY));
  assert.ok(isScoring(READY) && !isScoring({ ...READY, state: 'loading' }));
});
