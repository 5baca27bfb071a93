// The heat map in a real VS Code; see README.md for how to run it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { begin } from './beginning.mjs';
import { MISSING, openEditor, ROOT, SAMPLE } from './rig.mjs';
import { coloured, colours, command, menuRows, noColours, statusItem, until } from './screen.mjs';

const TEXT = readFileSync(SAMPLE, 'utf8');
const SLIP = 'wich';
/** More words than there are findings. */
const MANY = 5;

const THEMES = [
  { theme: 'Dark Modern', look: 'vs-dark', key: 'dark' },
  { theme: 'Light Modern', look: 'vs', key: 'light' },
  { theme: 'Default High Contrast', look: 'hc-black', key: 'highContrast' },
  { theme: 'Default High Contrast Light', look: 'hc-light', key: 'highContrastLight' },
];

describe('the heat map', { skip: MISSING }, () => {
  let editor;
  let page;

  before(async () => {
    editor = await openEditor({ settings: { 'workbench.colorTheme': 'Dark Modern', 'editor.wordWrap': 'on' } });
    ({ page } = editor);
    await editor.open('sample.md');
  });
  beforeEach(async () => {
    await showing('off');
    await noColours(page);
  });
  afterEach(({ name, passed }) => editor.failed(name, passed));
  after(() => editor?.close());

  function showing(mode, settings = {}) {
    return begin(editor, { name: 'sample.md', text: TEXT, word: SLIP, settings: { 'ppl.heatMap': mode, ...settings } });
  }

  function all() {
    return colours(page, (words) => MANY <= words.length && words.some(({ text }) => text.includes(SLIP)));
  }

  test('comes and goes with its key', async () => {
    await page.keyboard.press('Control+Alt+h');
    const words = await all();
    assert.ok(2 <= new Set(words.map(({ line }) => line)).size, 'bands differ in their lines');
    await editor.shot('heat-map-dark');
    await page.keyboard.press('Control+Alt+h');
    await noColours(page);
  });

  test('is shown by a pressed key until something else is done', async () => {
    await page.keyboard.press('Control+Alt+j');
    await all();
    await page.keyboard.press('ArrowUp');
    await noColours(page);
  });

  test('is shown as long as a key is held', async () => {
    const keys = ['Control', 'Alt', 'j'];
    for (const key of keys) {
      await page.keyboard.down(key);
    }
    await until('words are coloured', async () => {
      await page.keyboard.down('j'); // A key that is held repeats.
      return MANY <= (await coloured(page)).length;
    });
    for (const key of keys.reverse()) {
      await page.keyboard.up(key);
    }
    await noColours(page);
  });

  test('shows the words of findings alone, if that is chosen', async () => {
    await command(page, 'ppl: Choose Heat Map');
    await menuRows(page).filter({ hasText: 'Findings only' }).click();
    const words = await colours(page, (found) => found.some(({ text }) => text.includes(SLIP)));
    assert.ok(words.length < MANY, JSON.stringify(words));
    await editor.shot('heat-map-findings');
    await page.keyboard.press('Control+Alt+h');
    await all();
  });

  for (const { theme, look, key } of THEMES) {
    test(`has the colours of the theme ${theme}, and its legend`, async () => {
      const ours = foregrounds(key);
      await showing('full', { 'workbench.colorTheme': theme });
      await page.locator(`.monaco-workbench.${look}`).first().waitFor();
      const words = await colours(
        page,
        (found) => MANY <= found.length && found.every(({ color }) => ours.has(color)),
      );
      assert.ok(words.some(({ text }) => text.includes(SLIP)));
      await statusItem(page).hover();
      await page.locator('.monaco-hover:not(.hidden)').getByText('strongest').first().waitFor();
      await editor.shot(`heat-map-${look}`);
    });
  }

  test('is that of the new text after an edit', async () => {
    await showing('full');
    await all();
    await page.keyboard.press('Control+Delete');
    await page.keyboard.press('Control+Backspace');
    await page.keyboard.type('which ');
    await colours(page, (words) => MANY <= words.length && !words.some(({ text }) => /wich|which/.test(text)));
  });

  test('goes with pausing and comes back with resuming', async () => {
    await showing('full');
    await all();
    await command(page, 'ppl: Pause');
    await noColours(page);
    await until('the status tells it', async () => /paused/.test(await statusItem(page).innerText()));
    await command(page, 'ppl: Resume');
    await all();
  });
});

/** The colours of words that a theme of some kind has by default, as browsers compute them. */
function foregrounds(key) {
  const { contributes } = JSON.parse(readFileSync(join(ROOT, 'client/package.json'), 'utf8'));
  const colors = contributes.colors.filter(({ id }) => /^ppl\.surprise\dForeground$/.test(id));
  return new Set(colors.map(({ defaults }) => rgb(defaults[key])));
}

function rgb(color) {
  const [red, green, blue] = [1, 3, 5].map((start) => parseInt(color.slice(start, start + 2), 16));
  return `rgb(${red}, ${green}, ${blue})`;
}
