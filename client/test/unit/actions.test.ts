import assert from 'node:assert/strict';
import { test } from 'node:test';
import manifest from '../../package.json';
import { actions, type Situation } from '../../src/status/actions';
import { legend } from '../../src/status/legend';

const ALL = new Set(manifest.contributes.commands.map(({ command }) => command));
const SITUATION: Situation = { mode: 'off', isRunning: true, isPaused: false, model: 'embedded', commands: ALL };

function commandsOf(changes: Partial<Situation>): string[] {
  return actions({ ...SITUATION, ...changes }).map(({ command }) => command);
}

test('every action has an icon, a name and its own command', () => {
  const all = actions(SITUATION);
  assert.ok(all.every(({ label }) => /^\$\([\w-]+\) \w/.test(label)));
  assert.equal(new Set(all.map(({ command }) => command)).size, all.length);
});

test('one can pause what works, and resume what is paused', () => {
  assert.ok(commandsOf({}).includes('ppl.pause') && !commandsOf({}).includes('ppl.resume'));
  const paused = commandsOf({ isPaused: true });
  assert.ok(paused.includes('ppl.resume') && !paused.includes('ppl.pause'));
});

test('without a server there is what can be done without one', () => {
  assert.deepEqual(commandsOf({ isRunning: false }), [
    'ppl.restart',
    'ppl.showOutput',
    'ppl.openSettings',
    'ppl.openWalkthrough',
  ]);
});

test('what an older server can not do is not offered', () => {
  const known = new Set([...ALL].filter((command) => command !== 'ppl.showReport'));
  assert.ok(commandsOf({}).includes('ppl.showReport'));
  assert.ok(!commandsOf({ commands: known }).includes('ppl.showReport'));
});

test('the toggle says what it will do', () => {
  assert.match(actions(SITUATION)[0]?.label ?? '', /Show Heat Map/);
  assert.match(actions({ ...SITUATION, mode: 'full' })[0]?.label ?? '', /Hide Heat Map/);
});

test('the legend names each band by number and line, in its colours', () => {
  const text = legend('full');
  assert.equal(text.match(/<span /g)?.length, 5);
  // The only form of style that VS Code lets through.
  const styles = [...text.matchAll(/style="([^"]*)"/g)].map(([, style]) => style ?? '');
  const allowed = /^color:var\(--vscode-ppl-\w+\);background-color:var\(--vscode-ppl-\w+\);$/;
  assert.ok(styles.every((style) => allowed.test(style)));
  assert.match(text, /1 dotted.*5 thick/);
  assert.equal(legend('off'), 'Heat map: off');
});
