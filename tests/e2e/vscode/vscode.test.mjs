// What people see and do in a real VS Code; see README.md for how to run it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { MISSING, openEditor, SAMPLE } from './rig.mjs';
import {
  coloured,
  command,
  descendants,
  goToLine,
  highestSquiggle,
  profilePage,
  scored,
  statusItem,
  until,
  visibleText,
} from './screen.mjs';

const SLIP = 'wich';
// The installed command, or the module.
const SERVER = /bin\/ppl-lsp\0|ppl_lsp\0/;
const SLIP_LINE = readFileSync(SAMPLE, 'utf8').split('\n').findIndex((line) => line.includes(SLIP)) + 1;

describe('a document of prose', { skip: MISSING }, () => {
  let editor;
  let page;

  before(async () => {
    editor = await openEditor({ settings: { 'workbench.colorTheme': 'Dark Modern', 'editor.wordWrap': 'on' } });
    ({ page } = editor);
    await editor.open('sample.md');
    await scored(page);
    await goToLine(page, SLIP_LINE);
  });
  after(() => editor?.close());

  test('likely mistakes have a squiggle, and no word a colour', async () => {
    await page.locator('.squiggly-warning').first().waitFor();
    assert.deepEqual(await coloured(page), []);
    await editor.shot('findings-dark');
  });

  test('the hover tells the numbers', async () => {
    const box = await highestSquiggle(page);
    await page.mouse.move(box.x - 60, box.y + 5);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 4 });
    const hover = page.locator('.monaco-hover:not(.hidden)').first();
    await hover.getByText(/[\d.]+ bits/).first().waitFor();
    assert.match(await hover.innerText(), /wich.*which/s);
    await editor.shot('hover');
    await page.keyboard.press('Escape');
  });

  test('over headings stands their perplexity', async () => {
    const lens = page.locator('.codelens-decoration a').filter({ hasText: /perplexity \d/, visible: true });
    await lens.last().waitFor();
  });

  test('the heat map comes and goes with its key', async () => {
    await goToLine(page, SLIP_LINE);
    await page.keyboard.press('Control+Alt+h');
    const words = await until('words are coloured', async () => {
      const found = await coloured(page);
      return found.some(({ text }) => text.includes(SLIP)) && found;
    });
    assert.ok(5 <= words.length);
    assert.ok(2 <= new Set(words.map(({ line }) => line)).size, 'bands differ in their lines');
    await editor.shot('heat-map-dark');
    await page.keyboard.press('Control+Alt+h');
    await until('no word is coloured', async () => (await coloured(page)).length === 0);
  });

  test('a pressed key shows it until something else is done', async () => {
    await page.keyboard.press('Control+Alt+j');
    await until('words are coloured', async () => 0 < (await coloured(page)).length);
    await page.keyboard.press('ArrowUp');
    await until('no word is coloured', async () => (await coloured(page)).length === 0);
  });

  test('of findings only, their words are coloured', async () => {
    await command(page, 'ppl: Choose Heat Map');
    await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'Findings only' }).click();
    const words = await until('words are coloured', async () => {
      const found = await coloured(page);
      return 0 < found.length && found;
    });
    assert.ok(words.length < 5, JSON.stringify(words));
    await goToLine(page, SLIP_LINE);
    await page.keyboard.press('Control+Alt+h');
    await until('all words are coloured', async () => 5 <= (await coloured(page)).length);
  });

  test('the colours follow the theme', async () => {
    const seen = new Set();
    for (const [theme, name] of [
      ['Light Modern', 'vs'],
      ['Default High Contrast', 'hc-black'],
      ['Default High Contrast Light', 'hc-light'],
      ['Dark Modern', 'vs-dark'],
    ]) {
      editor.setSettings({ 'workbench.colorTheme': theme, 'ppl.heatMap': 'full' });
      await page.locator(`.monaco-workbench.${name}`).first().waitFor();
      const slip = await until('the slip is coloured', async () =>
        (await coloured(page)).find(({ text }) => text.includes(SLIP)),
      );
      seen.add(slip.color);
      await editor.shot(`heat-map-${name}`);
    }
    assert.ok(2 <= seen.size);
  });

  test('the quick fix mends the text, and colours and lenses belong to the new text', async () => {
    const box = await highestSquiggle(page);
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await page.keyboard.press('Control+.');
    await page.locator('.action-widget .monaco-list-row').first().waitFor();
    await editor.shot('quick-fix');
    await page.keyboard.press('Enter');
    await until('the text is mended', async () => /exits,\s+which may/.test(await visibleText(page)));
    await until('no lens above it counts the mistake any more', async () => {
      const lenses = await page.locator('.codelens-decoration a').filter({ visible: true }).allInnerTexts();
      return lenses.filter((text) => text.includes('finding')).length === 1;
    });
    await until('the slip is not coloured', async () => {
      const words = await coloured(page);
      return 5 <= words.length && !words.some(({ text }) => text.includes(SLIP) || text.includes('which'));
    });
  });

  test('the status item tells the perplexity and leads to all actions', async () => {
    assert.match(await scored(page), /^ppl \d+\.\d$/);
    await statusItem(page).hover();
    await page.locator('.monaco-hover:not(.hidden)').getByText('strongest').first().waitFor();
    await editor.shot('status');
    await statusItem(page).click();
    const rows = page.locator('.quick-input-list .monaco-list-row');
    await rows.filter({ hasText: 'Switch Model' }).waitFor();
    const labels = (await rows.allInnerTexts()).join('\n');
    for (const label of ['Hide Heat Map', 'Show Profile', 'Pause', 'Restart Engine', 'Show Output', 'Settings']) {
      assert.ok(labels.includes(label), label);
    }
    await editor.shot('actions');
    await page.keyboard.press('Escape');
  });

  test('pausing takes the colours away, resuming brings them back', async () => {
    await command(page, 'ppl: Pause');
    await until('no word is coloured', async () => (await coloured(page)).length === 0);
    assert.match(await statusItem(page).innerText(), /paused/);
    await command(page, 'ppl: Resume');
    await until('words are coloured', async () => 5 <= (await coloured(page)).length);
  });

  test('the profile is drawn, and a click goes to the place', async () => {
    await command(page, 'ppl: Show Profile');
    const profile = profilePage(page);
    await profile.locator('path.mean').waitFor();
    assert.match(await profile.locator('#summary').innerText(), /sample\.md · perplexity \d/);
    assert.match(await profile.locator('#sections').innerText(), /Troubleshooting/);
    const box = await profile.locator('#plot').boundingBox();
    await page.mouse.move(box.x + box.width * 0.2, box.y + 60);
    await until('the place is told', async () => /bits per word/.test(await profile.locator('#readout').innerText()));
    await editor.shot('profile');
    await page.mouse.click(box.x + box.width * 0.2, box.y + 60);
    await until('the place is visible', async () => /Create a virtual environment/.test(await visibleText(page)));
    await profile.getByRole('button', { name: 'Troubleshooting' }).click();
    await until('the section is visible', async () => /If the server does not start/.test(await visibleText(page)));
  });

  test('a code lens points at its section in the profile', async () => {
    await page.locator('.codelens-decoration a').filter({ hasText: /perplexity/, visible: true }).last().click();
    const readout = profilePage(page).locator('#readout');
    await until('the section is pointed at', async () => /Troubleshooting|Run/.test(await readout.innerText()));
    await page.keyboard.press('Control+j');
    await page.locator('.part.panel').waitFor({ state: 'hidden' });
  });

  test('a changed setting holds without a restart', async () => {
    const servers = descendants(editor.pid, SERVER);
    assert.equal(servers.length, 1);
    await goToLine(page, SLIP_LINE);
    await page.locator('.squiggly-warning').first().waitFor();
    editor.setSettings({ 'ppl.severity': 'off' });
    await page.locator('.squiggly-warning').first().waitFor({ state: 'detached' });
    editor.setSettings({ 'ppl.severity': 'default' });
    await page.locator('.squiggly-warning').first().waitFor();
    assert.deepEqual(descendants(editor.pid, SERVER), servers);
  });

  test('a server that is killed is replaced, and all comes back', async () => {
    const [server] = descendants(editor.pid, SERVER);
    process.kill(server, 'SIGKILL');
    await until('there is another server', () => {
      const [other] = descendants(editor.pid, SERVER);
      return other !== undefined && other !== server;
    });
    await scored(page);
    await page.locator('.squiggly-warning').first().waitFor();
    await until('words are coloured', async () => 5 <= (await coloured(page)).length);
  });

  test('the report is shown beside, with its plots', async () => {
    await page.setViewportSize({ width: 1600, height: 900 });
    await command(page, 'ppl: Show Report');
    const report = page.frameLocator('iframe.webview.ready >> nth=-1').frameLocator('#active-frame');
    await report.getByText('sample.md').first().waitFor();
    // Drawn by the page's own script, as soon as somebody looks at it.
    await report.locator('svg').first().scrollIntoViewIfNeeded();
    await report.locator('canvas').first().waitFor();
    await editor.shot('report');
    await command(page, 'View: Close Editor');
  });

  test('the walkthrough shows its steps', async () => {
    // Pictures are shown where there is room for them.
    await page.setViewportSize({ width: 1600, height: 900 });
    await command(page, 'ppl: Get Started');
    await page.getByText('See what surprises a language model').first().waitFor();
    await page.getByText('See the surprise of every word').first().click();
    await page.locator('img[alt^="A text in which the words"]').waitFor();
    await editor.shot('walkthrough');
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
  after(() => editor?.close());

  test('chooses neither server nor model, and its files are not read', async () => {
    const { page } = editor;
    await page.getByText('Restricted Mode').first().waitFor();
    await scored(page);
    await goToLine(page, SLIP_LINE);
    await page.locator('.squiggly-warning').first().waitFor();
    await editor.shot('restricted-mode');
  });

  test('is read once it is trusted', async () => {
    const { page } = editor;
    await command(page, 'Workspaces: Manage Workspace Trust');
    await page.getByRole('button', { name: 'Trust', exact: true }).first().click();
    await page.keyboard.press('Escape');
    await page.locator('.squiggly-warning').first().waitFor({ state: 'detached' });
  });
});

describe('a Python environment without the server', { skip: MISSING }, () => {
  let editor;

  before(async () => {
    editor = await openEditor({ hasServer: false });
    await editor.open('sample.md');
  });
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
