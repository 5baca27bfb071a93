// What each step begins with, whatever the step before has left behind.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { again, command, goToWord, openFile, RETRY, scored, until, visibleText } from './screen.mjs';

// Where something of the editor's own may lie over the text or take the keys.
const IN_THE_WAY = [
  '.quick-input-widget',
  '.action-widget',
  '.monaco-hover:not(.hidden)',
  '.monaco-dialog-box',
  '.context-view .monaco-menu',
].join(', ');

/**
 * Put an editor into the state that a step begins with: one document as it is on disk, a word of it in
 * the middle and the cursor in the word, with no panel, menu or other editor open, and scored with the
 * settings named.
 */
export async function begin({ page, folder, setSettings }, { name, text, word, settings = {} }) {
  await clearTheWay(page);
  setSettings(settings);
  rmSync(join(folder, '.ppl'), { recursive: true, force: true });
  await hidePanel(page);
  await closeOthers(page, name);
  await revert(page, join(folder, name), text);
  await goToWord(page, text, word);
  await until('the word is visible', async () => (await visibleText(page)).includes(word));
  await scored(page);
}

/** Close menus, hovers and questions. */
export async function clearTheWay(page) {
  await page.mouse.move(1, 1); // where nothing has a hover
  await until('nothing is in the way', async () => {
    if ((await page.locator(IN_THE_WAY).filter({ visible: true }).count()) === 0) {
      return true;
    }
    await page.keyboard.press('Escape');
    return false;
  });
}

async function hidePanel(page) {
  const panel = page.locator('.part.panel').filter({ visible: true });
  if (0 < (await panel.count())) {
    await command(page, 'View: Hide Panel');
    await panel.waitFor({ state: 'hidden' });
  }
}

async function closeOthers(page, name) {
  const tabs = page.locator('.tabs-container .tab');
  const names = await tabs.evaluateAll((all) => all.map((one) => one.getAttribute('data-resource-name')));
  if (names.length === 1 && names[0] === name) {
    return;
  }
  await closeAll(page);
  await openFile(page, name);
  await page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
}

/** Close all editors; saved first, as nobody is there to answer what is to become of changes. */
export async function closeAll(page) {
  const tabs = page.locator('.tabs-container .tab');
  if ((await tabs.count()) === 0) {
    return;
  }
  const dirty = page.locator('.tab.dirty');
  if (0 < (await dirty.count())) {
    await command(page, 'File: Save All Files'); // only there while something is to be saved
    await dirty.first().waitFor({ state: 'detached' });
  }
  await command(page, 'View: Close All Editors');
  await tabs.first().waitFor({ state: 'detached' });
}

/** Make the text what it is to be, in the editor and on disk. */
async function revert(page, path, text) {
  if (readFileSync(path, 'utf8') === text && (await page.locator('.tab.active.dirty').count()) === 0) {
    return;
  }
  await again('the text is that of the file', async () => {
    writeFileSync(path, text);
    await command(page, 'File: Revert File');
    await page.locator('.tab.active.dirty').waitFor({ state: 'detached', ...RETRY });
  });
}
