// Findings in a real VS Code: squiggles, hovers, and what is done about them; see README.md for how to run it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { begin } from './beginning.mjs';
import { MISSING, openEditor, SAMPLE } from './rig.mjs';
import {
  again,
  coloured,
  command,
  flagged,
  hoverOver,
  quickFix,
  RETRY,
  unflagged,
  until,
  visibleText,
} from './screen.mjs';

const TEXT = readFileSync(SAMPLE, 'utf8');
const SLIP = 'wich';
/** A likely mistake whose replacement may be wrong. */
const UNSURE = 'reed';
const SURPRISE = 'trumpet';

describe('findings in a document of prose', { skip: MISSING }, () => {
  let editor;
  let page;

  before(async () => {
    editor = await openEditor({ settings: { 'workbench.colorTheme': 'Dark Modern', 'editor.wordWrap': 'on' } });
    ({ page } = editor);
    await editor.open('sample.md');
  });
  beforeEach(() => at(SLIP));
  afterEach(({ name, passed }) => editor.failed(name, passed));
  after(() => editor?.close());

  function at(word, settings = {}) {
    return begin(editor, { name: 'sample.md', text: TEXT, word, settings: { 'ppl.heatMap': 'off', ...settings } });
  }

  function onDisk(...path) {
    return readFileSync(join(editor.folder, ...path), 'utf8');
  }

  test('likely mistakes have a squiggle, and no word a colour', async () => {
    await flagged(page, SLIP);
    assert.deepEqual(await coloured(page), []);
    await editor.shot('findings-dark');
  });

  test('the hover tells the numbers', async () => {
    const hover = await hoverOver(page, await flagged(page, SLIP), /[\d.]+ bits/);
    assert.match(await hover.innerText(), /wich.*which/s);
    await editor.shot('hover');
  });

  test('the hover of a word that is no finding tells its numbers, too', async () => {
    const { x, y, width, height } = await flagged(page, SLIP);
    // The word before it is `exits,`.
    const hover = await hoverOver(page, { x: x - 5 * (width / SLIP.length), y, width: 0, height }, 'exits');
    assert.match(await hover.innerText(), /bits.*Expected/s);
    await editor.shot('hover-calm');
  });

  test('the quick fix mends the text, and the squiggle is gone', async () => {
    await flagged(page, SLIP);
    const fix = await quickFix(page, 'Replace with “which”');
    await editor.shot('quick-fix');
    await fix.click();
    await until('the text is mended', async () => /exits,\s+which\s+may/.test(await visibleText(page)));
    await unflagged(page, 'which');
    await page.keyboard.press('Control+z');
    await flagged(page, SLIP);
  });

  test('what is sure is mended by one action, and nothing else', async () => {
    await flagged(page, SLIP);
    const row = page.locator('.action-widget .monaco-list-row').filter({ hasText: 'Fix the one sure mistake in this file' });
    await again('the source action is offered', async () => {
      await command(page, 'Source Action...');
      await row.waitFor(RETRY);
    });
    await editor.shot('fix-all');
    await row.click();
    await until('the text is mended', async () => /exits,\s+which\s+may/.test(await visibleText(page)));
    await flagged(page, UNSURE);
  });

  test('saving mends what is sure, if that is set', async () => {
    await at(SLIP, { 'editor.codeActionsOnSave': { 'source.fixAll.ppl': 'always' } });
    await flagged(page, SLIP);
    // Once: a second save on its way would meet what the next step writes.
    await command(page, 'File: Save');
    await until('the file is mended', () => /exits, which may/.test(onDisk('sample.md')));
    await page.locator('.tab.active.dirty').waitFor({ state: 'detached' });
    assert.match(onDisk('sample.md'), /everyone can reed it/);
  });

  test('a word that is ignored in the workspace goes into its dictionary', async () => {
    await at(SURPRISE);
    await flagged(page, SURPRISE);
    await (await quickFix(page, `Ignore “${SURPRISE}” in this workspace`)).click();
    await unflagged(page, SURPRISE);
    assert.match(onDisk('.ppl', 'words.txt'), /^trumpet$/m);
    assert.match(await visibleText(page), /trumpet/);
  });

  test('a word that is ignored in the file is listed in it', async () => {
    await at(SURPRISE);
    await flagged(page, SURPRISE);
    await (await quickFix(page, `Ignore “${SURPRISE}” in this file`)).click();
    await unflagged(page, SURPRISE);
    await command(page, 'File: Save');
    await until('it is listed', () => /<!-- ppl: words trumpet -->/.test(onDisk('sample.md')));
  });

  test('all findings are among the problems, and lead to their places', async () => {
    await page.keyboard.press('Control+Shift+m');
    const problems = page.locator('.markers-panel .monaco-list-row');
    await problems.filter({ hasText: SURPRISE }).dblclick();
    await flagged(page, SURPRISE);
    await editor.shot('problems');
  });
});
