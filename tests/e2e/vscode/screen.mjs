// What can be seen on the screen of VS Code, and done with it.
import { PATIENCE_MS } from './rig.mjs';
import { setTimeout as pause } from 'node:timers/promises';

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

/** Try again what a screen that is drawn anew may have come in between of; `attempt` throws if it did. */
export function again(what, attempt) {
  return until(what, () =>
    attempt().then(
      (seen) => seen ?? true,
      () => undefined,
    ),
  );
}

/** How long to wait for the answer to a key before it is pressed again: it may have come too early. */
export const RETRY = { timeout: 5_000 };

/** Run a command of the palette by its title; it is there once it is enabled. */
export function command(page, title) {
  return choose(page, `>${title}`, new RegExp(`^${escaped(title)}(,|$)`));
}

/** Open a file of the folder by its name. */
export function openFile(page, name) {
  return choose(page, name, new RegExp(`^${escaped(name)}(,| |$)`));
}

/** Put the cursor on a line and a column, counted from 1, and the line into the middle of what is visible. */
export async function goTo(page, line, column = 1) {
  const input = await palette(page, `:${line}:${column}`);
  await page.locator('.quick-input-list').getByText(`line ${line}`).first().waitFor();
  await page.keyboard.press('Enter');
  await input.waitFor({ state: 'hidden' });
}

/** Put the cursor into a word of a text. */
export function goToWord(page, text, word) {
  const before = text.slice(0, text.indexOf(word) + 1).split('\n');
  return goTo(page, before.length, before.at(-1).length + 1);
}

async function choose(page, text, label) {
  await palette(page, text);
  const rows = page.locator('.quick-input-list .monaco-list-row');
  await until(`“${text}” can be chosen`, async () =>
    (await labels(rows)).some((one) => label.test(one)),
  );
  // What was used last stands first, even if another title fits better.
  await until(`“${text}” is chosen`, async () => {
    const [focused] = await labels(page.locator('.quick-input-list .monaco-list-row.focused'));
    if (focused !== undefined && label.test(focused)) {
      return true;
    }
    await page.keyboard.press('ArrowDown');
    return false;
  });
  await page.keyboard.press('Enter');
}

function labels(rows) {
  return rows.evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? ''));
}

async function palette(page, text) {
  const input = page.locator('.quick-input-widget input').first();
  await again('the palette is open', async () => {
    await page.keyboard.press('F1');
    await input.waitFor(RETRY);
  });
  await input.fill(text);
  return input;
}

/** The rows of a menu that was opened by a command. */
export function menuRows(page) {
  return page.locator('.quick-input-list .monaco-list-row');
}

/**
 * Ask for what can be done at the cursor, and return the row with a title.
 *
 * The key is pressed again only after an answer: in the menu it would take the first action.
 */
export async function quickFix(page, title) {
  const rows = page.locator('.action-widget .monaco-list-row').filter({ visible: true });
  const refusal = page.locator('.monaco-editor-overlaymessage').filter({ hasText: 'No code actions available' });
  await until(`“${title}” is offered`, async () => {
    await page.keyboard.press('Control+.');
    await rows.or(refusal).first().waitFor();
    if (0 < (await rows.filter({ hasText: title }).count())) {
      return true;
    }
    // The refusal goes by itself; a key would leave the cell of a notebook.
    if (0 < (await rows.count())) {
      await page.keyboard.press('Escape');
    }
    await until('the answer is gone', async () => (await rows.or(refusal).count()) === 0);
    return false;
  });
  return rows.filter({ hasText: title }).first();
}

/** The item of the extension in the status bar. */
export function statusItem(page) {
  return page.locator('.statusbar-item[id="ppl-lsp.ppl-lsp.ppl.status"]');
}

/** Wait until the document is scored, and return what the status bar says. */
export function scored(page) {
  return until('the document is scored', async () => {
    const text = await statusItem(page)
      .innerText(RETRY)
      .catch(() => '');
    return /^ppl \d/.test(text) && text;
  });
}

/** Wait for the squiggle under a word that is visible, and return the place of the word when it has come to rest. */
export async function flagged(page, word) {
  let last;
  return until(`“${word}” has a squiggle`, async () => {
    const box = await wordWithSquiggle(page, word);
    const isAtRest = box !== undefined && box.x === last?.x && box.y === last?.y;
    last = box;
    return isAtRest && box;
  });
}

/** Wait until no squiggle is left under a word that is visible, or the word is gone. */
export function unflagged(page, word) {
  return until(`“${word}” has no squiggle`, async () => (await wordWithSquiggle(page, word)) === undefined);
}

function wordWithSquiggle(page, word) {
  return page.evaluate((sought) => {
    const squiggles = [...document.querySelectorAll('[class*="squiggly-"]')].map((one) => one.getBoundingClientRect());
    for (const line of document.querySelectorAll('.view-lines')) {
      const texts = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) {
        const start = texts.currentNode.data.indexOf(sought);
        if (start < 0) {
          continue;
        }
        const range = document.createRange();
        range.setStart(texts.currentNode, start);
        range.setEnd(texts.currentNode, start + sought.length);
        const { x, y, width, height, right, bottom } = range.getBoundingClientRect();
        if (squiggles.some((one) => one.left < right && x < one.right && one.top < bottom && y < one.bottom)) {
          return { x, y, width, height };
        }
      }
    }
    return undefined;
  }, word);
}

/** Point at a place until its hover is there, and return it. */
export async function hoverOver(page, { x, y, width, height }, text) {
  const hover = page.locator('.monaco-hover:not(.hidden)').filter({ hasText: text }).first();
  await again('there is a hover', async () => {
    await page.mouse.move(x - 60, y + 5);
    await page.mouse.move(x + width / 2, y + height / 2, { steps: 4 });
    await hover.waitFor(RETRY);
  });
  return hover;
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

/** Wait until some words are coloured, so that `holds` for all of them together, and return them. */
export function colours(page, holds = () => true) {
  return until('words are coloured', async () => {
    const words = await coloured(page);
    return 0 < words.length && holds(words) && words;
  });
}

/** Wait until no word is coloured. */
export function noColours(page) {
  return until('no word is coloured', async () => (await coloured(page)).length === 0);
}

/** The code lens over the line of a visible heading: its text, once it is there; `click` to follow it. */
export async function lensOver(page, heading) {
  const lenses = page.locator('.codelens-decoration');
  const index = await until(`there is a lens over “${heading}”`, async () => {
    const found = await page.evaluate((title) => {
      const boxOf = (one) => one.getBoundingClientRect();
      const line = [...document.querySelectorAll('.view-lines .view-line')].find(
        (one) => one.textContent.replaceAll('\u00a0', ' ') === title,
      );
      if (line === undefined) {
        return undefined;
      }
      const { top, height } = boxOf(line);
      return [...document.querySelectorAll('.codelens-decoration')].findIndex((one) => {
        const distance = top - boxOf(one).bottom;
        return one.textContent !== '' && 0 < boxOf(one).height && Math.abs(distance) < height / 2;
      });
    }, heading);
    return found !== undefined && 0 <= found && { found };
  });
  return lenses.nth(index.found);
}

/** Everything that is visible of the text. */
export async function visibleText(page) {
  const text = await page.locator('.monaco-editor .view-lines').first().innerText();
  return text.replaceAll('\u00a0', ' ');
}

/** The page inside the webview that was opened last. */
export function webview(page, index = -1) {
  return page.frameLocator(`iframe.webview.ready >> nth=${index}`).frameLocator('#active-frame');
}

/** The page inside the profile view. */
export function profilePage(page) {
  return webview(page, 0);
}

function escaped(text) {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
