/**
 * Runs inside the extension host of a real VS Code, which calls `run` (see the client's README).
 *
 * Works with the real server and with `test/fixtures/fake-server.mjs`: both flag the word below.
 * Nothing sleeps; a step that never comes to its end is cut off by the harness's own limit.
 */
import assert from 'node:assert/strict';
import {
  commands,
  extensions,
  languages,
  MarkdownString,
  window,
  workspace,
  type Diagnostic,
  type Hover,
  type TextDocument,
} from 'vscode';

const SURPRISING = 'archaeopterygiformes';
// The word stands late: the first tokens of a text, which a model reads without context, are never flagged.
const TEXT = `On Sunday morning the family went to church, and after the service they walked home along the river.
The children were hungry, so their mother went into the kitchen to cook. She put the bread in the oven.
The children looked up at the ${SURPRISING} in the sky and laughed.
`;

export async function run(): Promise<void> {
  const document = await workspace.openTextDocument({ language: 'markdown', content: TEXT });
  await step('a Markdown document is scored', async () => {
    await window.showTextDocument(document);
    await flagged(document);
    assert.ok(extensions.getExtension('ppl-lsp.ppl-lsp')?.isActive);
  });
  await step('the hover over a flagged word tells its bits', async () => {
    const [finding] = await flagged(document);
    assert.ok(finding);
    assert.match(await hoverText(document, finding), /bits/);
  });
  await step('stopping takes the findings away', async () => {
    await commands.executeCommand('ppl.stop');
    await unflagged(document);
  });
  await step('restarting brings them back, from stopped and from running', async () => {
    await commands.executeCommand('ppl.restart');
    await flagged(document);
    const cleared = unflagged(document);
    await commands.executeCommand('ppl.restart');
    await cleared;
    await flagged(document);
  });
  await step('after an edit the findings belong to the new text', async () => {
    const editor = await window.showTextDocument(document);
    const [before] = await flagged(document);
    await editor.edit((edit) => {
      edit.insert(document.positionAt(0), 'A note.\n\n');
    });
    const [after] = await flagged(document);
    assert.equal(after?.range.start.line, (before?.range.start.line ?? 0) + 2);
  });
}

async function step(name: string, body: () => Promise<void>): Promise<void> {
  console.log(`… ${name}`);
  await body();
  console.log(`✓ ${name}`);
}

/** Wait for the surprising word to be flagged, where the document has it now, and return its findings. */
function flagged(document: TextDocument): Promise<Diagnostic[]> {
  return until(() => {
    const found = findings(document).filter(({ range }) => document.getText(range).includes(SURPRISING));
    return found.length === 0 ? undefined : found;
  });
}

function unflagged(document: TextDocument): Promise<true> {
  return until(() => (findings(document).length === 0 ? true : undefined));
}

function findings(document: TextDocument): Diagnostic[] {
  return languages.getDiagnostics(document.uri).filter(({ source }) => source === 'ppl');
}

/** Wait until `value` is there, looking again whenever diagnostics change. */
function until<T>(value: () => T | undefined): Promise<T> {
  return new Promise((resolve) => {
    const listener = languages.onDidChangeDiagnostics(look);
    look();

    function look(): void {
      const found = value();
      if (found !== undefined) {
        listener.dispose();
        resolve(found);
      }
    }
  });
}

async function hoverText(document: TextDocument, finding: Diagnostic): Promise<string> {
  const hovers = await commands.executeCommand<Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    finding.range.start,
  );
  return hovers
    .flatMap(({ contents }) => contents)
    .filter((content) => content instanceof MarkdownString)
    .map(({ value }) => value)
    .join('\n');
}
