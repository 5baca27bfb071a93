// What is shown beside the text in a real VS Code: lenses, status, profile, report; see README.md for how to run it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { begin } from './beginning.mjs';
import { MISSING, openEditor, SAMPLE } from './rig.mjs';
import {
  again,
  command,
  lensOver,
  menuRows,
  profilePage,
  quickFix,
  RETRY,
  scored,
  statusItem,
  until,
  visibleText,
  webview,
} from './screen.mjs';

const TEXT = readFileSync(SAMPLE, 'utf8');
const SLIP = 'wich';

describe('beside a document of prose', { skip: MISSING }, () => {
  let editor;
  let page;

  before(async () => {
    editor = await openEditor({ settings: { 'workbench.colorTheme': 'Dark Modern', 'editor.wordWrap': 'on' } });
    ({ page } = editor);
    await editor.open('sample.md');
  });
  beforeEach(async () => {
    await page.setViewportSize({ width: 1200, height: 760 });
    await begin(editor, { name: 'sample.md', text: TEXT, word: SLIP, settings: { 'ppl.heatMap': 'off' } });
  });
  afterEach(({ name, passed }) => editor.failed(name, passed));
  after(() => editor?.close());

  test('a lens over each heading tells its perplexity', async () => {
    await lensTells('## Run', /^perplexity \d+ · [\d.]+ bits per word · 1 finding$/);
    await lensTells('## Troubleshooting', /^perplexity \d+ · [\d.]+ bits per word · 1 finding$/);
  });

  test('after a quick fix the lens tells of the new text', async () => {
    await lensTells('## Run', /1 finding$/);
    await (await quickFix(page, 'Replace with “which”')).click();
    await lensTells('## Run', /bits per word$/);
    await lensTells('## Troubleshooting', /1 finding$/);
  });

  test('a lens points at its section in the profile', async () => {
    const readout = profilePage(page).locator('#readout');
    await again('the lens is followed', async () => (await lensOver(page, '## Run')).locator('a').click(RETRY));
    await until('the section is pointed at', async () => /· Run ·/.test(await readout.innerText()));
    await editor.shot('lens-profile');
  });

  test('the status item tells the perplexity and leads to all actions', async () => {
    assert.match(await scored(page), /^ppl \d+\.\d$/);
    await statusItem(page).hover();
    await page.locator('.monaco-hover:not(.hidden)').getByText('Heat map: off').first().waitFor();
    await editor.shot('status');
    await statusItem(page).click();
    await menuRows(page).filter({ hasText: 'Switch Model' }).waitFor();
    const labels = (await menuRows(page).allInnerTexts()).join('\n');
    for (const label of ['Show Heat Map', 'Show Profile', 'Show Report', 'Pause', 'Restart Engine', 'Show Output', 'Settings']) {
      assert.ok(labels.includes(label), label);
    }
    await editor.shot('actions');
    await menuRows(page).filter({ hasText: 'Show Profile' }).click();
    await profilePage(page).locator('path.mean').waitFor();
  });

  test('the profile is drawn, and a click goes to the place', async () => {
    await command(page, 'ppl: Show Profile');
    const profile = profilePage(page);
    await profile.locator('path.mean').waitFor();
    assert.match(await profile.locator('#summary').innerText(), /sample\.md · perplexity \d/);
    assert.match(await profile.locator('#sections').innerText(), /Troubleshooting/);
    const plot = profile.locator('#plot');
    const { width } = await plot.boundingBox();
    const position = { x: width * 0.2, y: 60 };
    await again('the place is told', async () => {
      await plot.hover({ position });
      assert.match(await profile.locator('#readout').innerText(), /· Install · [\d.]+ bits per word/);
    });
    await editor.shot('profile');
    await plot.click({ position });
    await until('the place is visible', async () => /Create a virtual environment/.test(await visibleText(page)));
    await profile.getByRole('button', { name: 'Troubleshooting' }).click();
    await until('the section is visible', async () => /If the server does not start/.test(await visibleText(page)));
  });

  test('the profile has the colours of a light theme', async () => {
    editor.setSettings({ 'workbench.colorTheme': 'Light Modern' });
    await command(page, 'ppl: Show Profile');
    const mean = profilePage(page).locator('path.mean');
    await until('it is drawn in them', async () =>
      mean.evaluate((line) => getComputedStyle(line).stroke === 'rgb(152, 51, 12)').catch(() => false),
    );
    await editor.shot('profile-light');
  });

  test('the report is shown beside, with its plots', async () => {
    await page.setViewportSize({ width: 1600, height: 900 });
    await command(page, 'ppl: Show Report');
    const report = webview(page);
    await report.getByText('sample.md').first().waitFor();
    await report.locator('html.dark').waitFor();
    const [ofBody, ofReport] = await report
      .locator('body')
      .evaluate((body) => [body, body.parentElement].map((one) => getComputedStyle(one).color));
    assert.equal(ofBody, ofReport);
    await editor.shot('report');
    // Drawn by the page's own script, as soon as somebody looks at it.
    await report.locator('svg').first().scrollIntoViewIfNeeded();
    await report.locator('canvas').first().waitFor();
    await editor.shot('report-plots');
  });

  test('settings are found, each with its description', async () => {
    await command(page, 'ppl: Open Settings');
    await page.locator('.settings-editor').getByText('Heat Map', { exact: true }).first().waitFor();
    await editor.shot('settings');
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

  function lensTells(heading, pattern) {
    return again(`the lens over “${heading}” tells ${pattern}`, async () =>
      assert.match(await (await lensOver(page, heading)).innerText(RETRY), pattern),
    );
  }
});
