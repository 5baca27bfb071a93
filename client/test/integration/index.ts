/**
 * Runs inside the extension host of a real VS Code, which calls `run` (see CONTRIBUTING.md), with the real server.
 *
 * Nothing sleeps; a step that never comes to its end is cut off by the harness's own limit.
 */
import assert from 'node:assert/strict';
import {
  commands,
  ConfigurationTarget,
  extensions,
  languages,
  MarkdownString,
  window,
  workspace,
  type CodeAction,
  type CodeLens,
  type Diagnostic,
  type Hover,
  type TextDocument,
} from 'vscode';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly default: unknown }>> };
  };
}

const SURPRISING = 'archaeopterygiformes';
// The word stands late: the first tokens of a text, which a model reads without context, are never flagged.
const TEXT = `# A walk

On Sunday morning the family went to church, and after the service they walked home along the river.
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
  await step('its code actions are those of the server', async () => {
    const [finding] = await flagged(document);
    assert.ok(finding);
    const actions = await commands.executeCommand<CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      finding.range,
    );
    const titles = actions.map(({ title }) => title);
    assert.ok(titles.includes(`Ignore “${SURPRISING}” in this file`), titles.join('\n'));
  });
  await step('the lens over the heading leads to the profile', async () => {
    const lenses = await commands.executeCommand<CodeLens[]>('vscode.executeCodeLensProvider', document.uri);
    const [lens] = lenses.filter(({ command }) => command?.command === 'ppl.showProfile');
    assert.match(lens?.command?.title ?? '', /^perplexity /);
    assert.equal(lens?.range.start.line, 0);
  });
  await step('every command of the manifest is there', async () => {
    const known = new Set(await commands.getCommands());
    const missing = manifest().contributes.commands.filter(({ command }) => !known.has(command));
    assert.deepEqual(missing, []);
  });
  await step('settings have the values of the manifest, but the server of this run', () => {
    for (const [name, { default: expected }] of Object.entries(manifest().contributes.configuration.properties)) {
      if (name !== 'ppl.server.path') {
        assert.deepEqual(workspace.getConfiguration().get(name), expected, name);
      }
    }
    return Promise.resolve();
  });
  await step('toggling the heat map sets it, and again takes it back', async () => {
    assert.equal(heatMap(), 'off');
    await commands.executeCommand('ppl.toggleHeatMap');
    assert.equal(heatMap(), 'full');
    await commands.executeCommand('ppl.toggleHeatMap');
    assert.equal(heatMap(), 'off');
  });
  await step('a changed setting takes the findings away, and brings them back', async () => {
    const settings = workspace.getConfiguration('ppl');
    await settings.update('severity', 'off', ConfigurationTarget.Workspace);
    await unflagged(document);
    await settings.update('severity', undefined, ConfigurationTarget.Workspace);
    await flagged(document);
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

function manifest(): Manifest {
  return extensions.getExtension('ppl-lsp.ppl-lsp')?.packageJSON as Manifest;
}

function heatMap(): unknown {
  return workspace.getConfiguration('ppl').get('heatMap');
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
