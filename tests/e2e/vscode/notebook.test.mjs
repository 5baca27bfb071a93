// Markdown cells of notebooks in a real VS Code; see README.md for how to run it.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { MISSING, openEditor } from './rig.mjs';
import { scored, until } from './screen.mjs';

// The first tokens of a document are never flagged.
const TEXT =
  'The server prints the address that it listens on and waits for requests. To stop it, press Ctrl+C. ' +
  'It finishes the requests that are in progress and closes all of its files before it ends. ' +
  'The server exits, wich may take a few seconds.';

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
  let problems;

  before(async () => {
    const settings = { 'workbench.colorTheme': 'Dark Modern', 'editor.wordWrap': 'on' };
    editor = await openEditor({ settings, files: { 'notes.ipynb': JSON.stringify(NOTEBOOK) } });
    ({ page } = editor);
    await editor.openFolder();
    await page.keyboard.press('Control+Shift+m');
    // Until extensions have said what they contribute, notebooks are text.
    await page.locator('.part.panel').getByText('Surprisal').first().waitFor();
    await page.locator('.explorer-folders-view').getByText('notes.ipynb').dblclick();
    await page.locator('.notebook-editor .code-cell-row').first().waitFor();
    cells = page.locator('.notebook-editor .cell-list-container');
    problems = page.locator('.markers-panel .monaco-list-row');
  });
  afterEach(({ name, passed }) => editor.failed(name, passed));
  after(() => editor?.close());

  test('the finding of a Markdown cell is among the problems, and what is code is not', async () => {
    await problems.filter({ hasText: 'wich' }).waitFor();
    assert.equal(await problems.filter({ hasText: 'wich' }).count(), 1);
    await scored(page);
    await editor.shot('notebook');
  });

  test('what is typed into a new cell is found', async () => {
    const found = problems.filter({ hasText: 'wich' });
    await page.locator('.notebook-toolbar-container').getByText('Markdown').click();
    await cells.locator('.monaco-editor.focused').first().waitFor();
    await page.keyboard.insertText(TEXT);
    await until('both cells have a finding', async () => (await found.count()) === 2);
    await editor.shot('notebook-new-cell');
  });
});
