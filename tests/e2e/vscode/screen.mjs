// What can be seen on the screen of VS Code, and done with it.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { PATIENCE_MS } from './rig.mjs';

/** Look until something holds, since a screen tells of no event; return what was seen. */
export async function until(what, look) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const seen = await look();
    if (seen) {
      return seen;
    }
    if (end < Date.now()) {
      throw new Error(`waited in vain until ${what}`);
    }
    await pause(100);
  }
}

/** Run a command of the palette by its title. */
export async function command(page, title) {
  await palette(page, `>${title}`);
  await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: title }).first().click();
}

/** Put the cursor on a line, counted from 1, and the line into the middle of what is visible. */
export async function goToLine(page, line) {
  const input = await palette(page, `:${line}`);
  await page.locator('.quick-input-list').getByText(`line ${line}`).first().waitFor();
  await page.keyboard.press('Enter');
  await input.waitFor({ state: 'hidden' });
}

async function palette(page, text) {
  await page.keyboard.press('F1');
  const input = page.locator('.quick-input-widget input').first();
  await input.waitFor();
  await input.fill(text);
  return input;
}

/** The item of the extension in the status bar. */
export function statusItem(page) {
  return page.locator('.statusbar-item[id="ppl-lsp.ppl-lsp.ppl.status"]');
}

/** Wait until the document is scored, and return what the status bar says. */
export function scored(page) {
  return until('the document is scored', async () => {
    const text = await statusItem(page)
      .innerText()
      .catch(() => '');
    return /^ppl \d/.test(text) && text;
  });
}

/** Wait for likely mistakes, and return where the highest of them is on the screen. */
export async function highestSquiggle(page) {
  await page.locator('.squiggly-warning').first().waitFor();
  const boxes = await Promise.all((await page.locator('.squiggly-warning').all()).map((one) => one.boundingBox()));
  return boxes.filter((box) => box !== null).reduce((high, box) => (box.y < high.y ? box : high));
}

/** The words that are coloured now, each with the style of its line and its colours as computed by the browser. */
export function coloured(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll('.view-lines span')]
      .filter((span) => span.childElementCount === 0 && getComputedStyle(span).textDecorationLine === 'underline')
      .map((span) => ({
        text: span.textContent,
        line: getComputedStyle(span).textDecorationStyle,
        color: getComputedStyle(span).color,
      })),
  );
}

/** Everything that is visible of the text. */
export async function visibleText(page) {
  const text = await page.locator('.monaco-editor .view-lines').first().innerText();
  return text.replaceAll('\u00a0', ' ');
}

/** The page inside the profile view. */
export function profilePage(page) {
  return page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
}

/** The processes below one whose command line fits a pattern. */
export function descendants(pid, pattern) {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const parent = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))[1]);
        return [{ pid: Number(name), parent, line: readFileSync(`/proc/${name}/cmdline`, 'utf8') }];
      } catch {
        return []; // It has ended in the meantime.
      }
    });
  const found = new Set([pid]);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const process of processes.filter(({ parent }) => found.has(parent))) {
      found.add(process.pid);
    }
  }
  return processes.filter((process) => found.has(process.pid) && pattern.test(process.line)).map((each) => each.pid);
}
