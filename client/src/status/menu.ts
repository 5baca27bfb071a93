/** The commands that are menus: what can be done, how much heat is drawn, which model reads. */
import { commands, ConfigurationTarget, env, Uri, window, workspace, type QuickPickItem } from 'vscode';
import { chosenMode, setMode } from '../heat/heatMap';
import { MODES, type Mode } from '../heat/mode';
import { actions, type Action } from './actions';
import { isPaused, isRunning } from './status';
import type { Status } from '../protocol';

type Choice<T> = QuickPickItem & { readonly value: T };

const MODE_ITEMS: Readonly<Record<Mode, readonly [label: string, detail: string]>> = {
  off: ['Off', 'No word is coloured.'],
  findings: ['Findings only', 'The words that findings are about are coloured by their surprisal.'],
  full: ['Full', 'Every word that is not calm is coloured by its surprisal.'],
};

/** Show what can be done now, and do it. */
export async function showMenu(status: Status): Promise<void> {
  const situation = {
    mode: chosenMode(),
    isRunning: isRunning(status),
    isPaused: isPaused(status),
    model: status.model,
    commands: new Set(await commands.getCommands()),
  };
  const items = actions(situation).map((action) => ({ ...asItem(action), value: action.command }));
  const picked = await window.showQuickPick(items, { title: status.message, placeHolder: 'Choose an action' });
  if (picked !== undefined) {
    await commands.executeCommand(picked.value);
  }
}

export async function chooseHeatMap(): Promise<void> {
  const now = chosenMode();
  const items: Choice<Mode>[] = MODES.map((mode) => {
    const [label, detail] = MODE_ITEMS[mode];
    return { label, detail, value: mode, ...(mode === now ? { description: 'now' } : {}) };
  });
  const picked = await window.showQuickPick(items, { title: 'Heat Map' });
  if (picked !== undefined) {
    await setMode(picked.value);
  }
}

/** Ask for a model, and write it into the settings of the machine. */
export async function switchModel(): Promise<void> {
  const items: Choice<() => Promise<string | undefined>>[] = [
    { label: 'embedded', detail: 'The model that comes with the server', value: () => Promise.resolve('embedded') },
    { label: 'A folder…', detail: 'A causal language model in Hugging Face format', value: chooseFolder },
    { label: 'A hub id…', detail: 'Downloaded once, such as openai-community/gpt2', value: enterId },
  ];
  const picked = await window.showQuickPick(items, { title: 'Which model reads the text?' });
  const model = await picked?.value();
  if (model !== undefined && model !== '') {
    await workspace.getConfiguration('ppl').update('model', model, ConfigurationTarget.Global);
  }
}

export async function openSettings(): Promise<void> {
  await commands.executeCommand('workbench.action.openSettings', '@ext:ppl-lsp.ppl-lsp');
}

export async function openWalkthrough(): Promise<void> {
  await commands.executeCommand('workbench.action.openWalkthrough', 'ppl-lsp.ppl-lsp#start', false);
}

/** Open a text with a few mistakes in it, to see what is made of them. */
export async function openSample(extensionUri: Uri): Promise<void> {
  const content = new TextDecoder().decode(
    await workspace.fs.readFile(Uri.joinPath(extensionUri, 'media', 'sample.md')),
  );
  await window.showTextDocument(await workspace.openTextDocument({ language: 'markdown', content }));
}

function asItem({ label, detail }: Action): QuickPickItem {
  return { label, description: detail };
}

async function chooseFolder(): Promise<string | undefined> {
  const folders = await window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel: 'Use This Model',
  });
  return folders?.[0]?.fsPath;
}

async function enterId(): Promise<string | undefined> {
  const id = await window.showInputBox({
    title: 'A model of the hub',
    prompt: `It is downloaded to ${env.remoteName === undefined ? 'this' : 'the remote'} machine.`,
    placeHolder: 'openai-community/gpt2',
  });
  return id?.trim();
}
