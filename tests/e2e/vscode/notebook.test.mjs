// Markdown cells of notebooks in a real VS Code; see README.md for how to run it.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { clearTheWay, closeAll } from './beginning.mjs';
import { MISSING, openEditor } from './rig.mjs';
import { again, colours, command, flagged, noColours, openFile, quickFix, RETRY, scored, unflagged, until } from './screen.mjs';

// The first tokens of a document are never flagged.
const TEXT =
  'The server prints the address that it listens on and waits for requests. To stop it, press Ctrl+C. ' +
  'It finishes the requests that are in progress and closes all of its files before it ends. ' +
  'The server exits, wich may take a few seconds.';

const SLIP = 'wich';

const NOTEBOOK = {
  cells: [
    { cell_type: 'markdown', id: 'a', metadata: {}, source: [TEXT] },
    { cell_type: 'code', id: 'b', execution_count: null, metadata: {}, outputs: [], source: ['print("wich")'] },
  ],
  metadata: {},
  nbformat: 4,
  nbformat_minor: 5,
};

describe('a notebook', { skip: MISSING }, () => {
  let editor;
  let page;
  let cells;
  let name;
  let nOpened = 0;
  /** What is found of the slip, in all cells. */
  let slips;

  before(async () => {
    const settings = { 'workbench.colorTheme': 'Dark Modern', 'editor.wordWrap': 'on' };
    editor = await openEditor({ settings });
    ({ page } = editor);
    await editor.openFolder();
    await page.keyboard.press('Control+Shift+m');
    // Until extensions have said what they contribute, notebooks are text.
    await page.locator('.part.panel').getByText('Surprisal').first().waitFor();
    cells = page.locator('.notebook-editor .cell-list-container');
    slips = page.locator('.markers-panel .monaco-list-row').filter({ hasText: SLIP });
  });
  // Each step has a notebook of its own: to revert one that is being edited does not always do so.
  beforeEach(async () => {
    await clearTheWay(page);
    await closeAll(page);
    await slipsAre(0);
    nOpened += 1;
    name = `notes-${nOpened}.ipynb`;
    writeFileSync(join(editor.folder, name), JSON.stringify(NOTEBOOK));
    await openFile(page, name);
    await cells.locator('.code-cell-row').first().waitFor();
    await slipsAre(1);
  });
  afterEach(({ name, passed }) => editor.failed(name, passed));
  after(() => editor?.close());

  test('has the finding of a Markdown cell among its problems, and none of what is code', async () => {
    await scored(page);
    assert.match(await slips.innerText(), /Ln 1, Col 208/);
    await editor.shot('notebook');
  });

  test('has a quick fix in the cell, after which text, squiggle and lens are new', async () => {
    await openCell();
    await lensTells(/1 finding$/);
    const fix = await quickFix(page, 'Replace with “which”');
    await editor.shot('notebook-quick-fix');
    await fix.click();
    await slipsAre(0);
    await until('the text is mended', async () => /exits,\s+which\s+may/.test(await cells.innerText()));
    await unflagged(page, 'which');
    await lensTells(/bits per word$/);
    await editor.shot('notebook-mended');
  });

  test('has the heat map in the editor of a cell, and not of code', async () => {
    await openCell();
    await page.keyboard.press('Control+Alt+h');
    const words = await colours(page, (found) => 5 <= found.length);
    assert.equal(words.filter(({ text }) => text.includes(SLIP)).length, 1);
    await editor.shot('notebook-heat-map');
    await page.keyboard.press('Control+Alt+h');
    await noColours(page);
  });

  test('has the findings of a new cell, and no longer when it is removed', async () => {
    await page.locator('.notebook-toolbar-container').getByText('Markdown').click();
    await cells.locator('.monaco-editor.focused').first().waitFor();
    await page.keyboard.insertText(TEXT);
    await slipsAre(2);
    await editor.shot('notebook-new-cell');
    await page.keyboard.press('Escape');
    await page.locator('.notebook-editor .monaco-list.element-focused:focus').waitFor();
    await page.keyboard.press('Delete');
    await slipsAre(1);
  });

  test('takes its findings along when it is closed', async () => {
    await command(page, 'View: Close Editor');
    await slipsAre(0);
    await openFile(page, name);
    await slipsAre(1);
  });

  /** Go to the finding, by which the cell is edited. */
  async function openCell() {
    await again('the cell is edited', async () => {
      await slips.dblclick(RETRY);
      await cells.locator('.monaco-editor.focused').first().waitFor(RETRY);
    });
    await flagged(page, SLIP);
  }

  function slipsAre(n) {
    return until(`there are ${n} findings`, async () => (await slips.count()) === n);
  }

  /** A cell without a heading has its lens over its first line. */
  function lensTells(pattern) {
    return again(`the lens tells ${pattern}`, async () => {
      const [text] = await cells.locator('.codelens-decoration').filter({ visible: true }).allInnerTexts();
      assert.match(text, pattern);
    });
  }
});
