// Runs client/test/integration inside the extension host of a real VS Code; see README.md for how to run it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { format, promisify } from 'node:util';
import { after, before, describe, test } from 'node:test';
import { MISSING, openEditor, PATIENCE_MS, ROOT } from './rig.mjs';

const CLIENT = join(ROOT, 'client');
const TESTS = join(CLIENT, 'out/integration/index.js');

describe('inside the extension host', { skip: MISSING }, () => {
  let editor;

  before(async () => {
    await promisify(execFile)('npm', ['run', '--silent', 'build:integration'], { cwd: CLIENT });
    editor = await openEditor({ testsInside: true });
  });
  after(() => editor?.close());

  test('commands, settings and what the extension tells its editor', async () => {
    const said = [];
    const code = await runInside(editor, (type, line) => said.push(`[${type}] ${line}`));
    assert.equal(code, 0, said.join('\n'));
  });
});

/** Load the extension from its folder, run the tests inside, and return their exit code. */
async function runInside({ page, origin, folder }, log) {
  const ended = new Promise((resolve, reject) => {
    page.exposeFunction('codeAutomationExit', resolve).catch(reject);
    setTimeout(reject, 3 * PATIENCE_MS, new Error('the tests inside have not come to an end')).unref();
  });
  await page.exposeFunction('codeAutomationLog', (type, values) => log(type, format(...values)));
  const remote = (path) => `vscode-remote://${origin}${path}`;
  const payload = [
    ['extensionDevelopmentPath', remote(CLIENT)],
    ['extensionTestsPath', remote(TESTS)],
    ['skipWelcome', 'true'],
  ];
  await page.goto(`http://${origin}/?folder=${folder}&payload=${encodeURIComponent(JSON.stringify(payload))}`);
  return ended;
}
