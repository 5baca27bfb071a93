// The life of the server under a real VS Code, its settings and whom it trusts; see README.md for how to run it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { begin } from './beginning.mjs';
import { servers } from './processes.mjs';
import { MISSING, openEditor, SAMPLE } from './rig.mjs';
import {
  colours,
  command,
  flagged,
  goToWord,
  openFile,
  scored,
  statusItem,
  unflagged,
  until,
  visibleText,
} from './screen.mjs';

const TEXT = readFileSync(SAMPLE, 'utf8');
const SLIP = 'wich';
const SURPRISE = 'trumpet';

describe('a server', { skip: MISSING }, () => {
  let editor;
  let page;

  before(async () => {
    editor = await openEditor({ settings: { 'editor.wordWrap': 'on' } });
    ({ page } = editor);
    await editor.open('sample.md');
  });
  beforeEach(async () => {
    await begin(editor, { name: 'sample.md', text: TEXT, word: SLIP });
    await flagged(page, SLIP);
  });
  afterEach(({ name, passed }) => editor.failed(name, passed));
  after(() => editor?.close());

  test('goes by a changed setting without a restart', async () => {
    const before = servers(editor);
    assert.equal(before.length, 1);
    editor.setSettings({ 'ppl.severity': 'off' });
    await unflagged(page, SLIP);
    editor.setSettings({ 'ppl.severity': 'default' });
    await flagged(page, SLIP);
    assert.deepEqual(servers(editor), before);
  });

  test('that is killed is replaced, and all comes back', async () => {
    editor.setSettings({ 'ppl.heatMap': 'full' });
    await colours(page);
    const [killed] = servers(editor);
    process.kill(killed, 'SIGKILL');
    await until('there is another server', () => {
      const [other] = servers(editor);
      return other !== undefined && other !== killed;
    });
    // While one server is gone and the other not yet there, what was drawn is taken away.
    await scored(page);
    await flagged(page, SLIP);
    await colours(page);
  });

  test('is stopped and started by its commands', async () => {
    await command(page, 'ppl: Stop Server');
    await unflagged(page, SLIP);
    await until('its process has ended', () => servers(editor).length === 0);
    await statusItem(page).getByText('ppl').waitFor();
    await editor.shot('stopped');
    await command(page, 'ppl: Restart Server');
    await flagged(page, SLIP);
  });
});

describe('a workspace that is not trusted', { skip: MISSING }, () => {
  let editor;

  before(async () => {
    editor = await openEditor({
      trusts: true,
      settings: { 'security.workspace.trust.startupPrompt': 'never', 'editor.wordWrap': 'on' },
      files: {
        '.vscode/settings.json': '{ "ppl.server.path": "/bin/false", "ppl.model": "/nowhere" }',
        'ppl.toml': 'ignore = ["likely-mistake"]\n',
      },
    });
    await editor.open('sample.md');
  });
  afterEach(({ name, passed }) => editor.failed(name, passed));
  after(() => editor?.close());

  test('chooses neither server nor model, and its files are read once it is trusted', async () => {
    const { page } = editor;
    await page.getByText('Restricted Mode').first().waitFor();
    await scored(page);
    await goToWord(page, TEXT, SLIP);
    await flagged(page, SLIP);
    await editor.shot('restricted-mode');
    await command(page, 'Workspaces: Manage Workspace Trust');
    await page.getByRole('button', { name: 'Trust', exact: true }).first().click();
    await page.locator('.statusbar').getByText('Restricted Mode').waitFor({ state: 'detached' });
    await openFile(page, 'sample.md');
    await goToWord(page, TEXT, SURPRISE);
    await unflagged(page, SLIP);
    await flagged(page, SURPRISE);
    assert.match(await visibleText(page), /wich/);
  });
});

describe('a Python environment without the server', { skip: MISSING }, () => {
  let editor;

  before(async () => {
    editor = await openEditor({ hasServer: false });
    await editor.open('sample.md');
  });
  afterEach(({ name, passed }) => editor.failed(name, passed));
  after(() => editor?.close());

  test('is told, and the server is installed if the user wants it', async () => {
    const { page } = editor;
    const message = page.locator('.notification-toast').filter({ hasText: 'Install it?' });
    await message.waitFor();
    assert.match(await message.innerText(), /environment\/bin\/python -m pip install ppl-lsp/);
    await editor.shot('install');
    await message.getByRole('button', { name: 'Install', exact: true }).click();
    await scored(page);
    await editor.shot('installed');
  });
});
