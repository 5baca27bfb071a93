/**
 * The item in the status bar, shown while a document that can be scored is visible.
 *
 * A language status item would be one click away: the perplexity is to be seen without any.
 */
import {
  Disposable,
  MarkdownString,
  StatusBarAlignment,
  ThemeColor,
  window,
  workspace,
  type StatusBarItem,
} from 'vscode';
import { isAnyVisible } from '../documents';
import { chosenMode } from '../heat/heatMap';
import type { Status } from '../protocol';
import { legend } from './legend';
import { details, isFailure, label, STOPPED } from './status';

const COMMANDS = {
  'ppl.toggleHeatMap': 'Toggle heat map',
  'ppl.showProfile': 'Profile',
  'ppl.showOutput': 'Output',
};

export class StatusItem implements Disposable {
  readonly #item: StatusBarItem;
  readonly #listeners: Disposable;
  #status = STOPPED;

  constructor() {
    this.#item = window.createStatusBarItem('ppl.status', StatusBarAlignment.Right, 100);
    this.#item.name = 'ppl';
    this.#item.command = 'ppl.showMenu';
    this.#listeners = Disposable.from(
      window.onDidChangeVisibleTextEditors(() => {
        this.#showOrHide();
      }),
      window.onDidChangeVisibleNotebookEditors(() => {
        this.#showOrHide();
      }),
      // Also sent when the language of a document changes.
      workspace.onDidOpenTextDocument(() => {
        this.#showOrHide();
      }),
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('ppl.heatMap')) {
          this.show(this.#status);
        }
      }),
    );
    this.show(STOPPED);
    this.#showOrHide();
  }

  /** What is shown now. */
  get status(): Status {
    return this.#status;
  }

  show(status: Status): void {
    this.#status = status;
    this.#item.text = label(status);
    this.#item.tooltip = tooltip(status);
    this.#item.backgroundColor = isFailure(status) ? new ThemeColor('statusBarItem.errorBackground') : undefined;
  }

  dispose(): void {
    this.#listeners.dispose();
    this.#item.dispose();
  }

  #showOrHide(): void {
    if (isAnyVisible()) {
      this.#item.show();
    } else {
      this.#item.hide();
    }
  }
}

function tooltip(status: Status): MarkdownString {
  const text = new MarkdownString();
  text.isTrusted = { enabledCommands: Object.keys(COMMANDS) };
  text.supportHtml = true;
  for (const line of details(status)) {
    // A model's path is not markup.
    text.appendText(line).appendMarkdown('\n\n');
  }
  text.appendMarkdown(`${legend(chosenMode())}\n\n`);
  const links = Object.entries(COMMANDS).map(([command, title]) => `[${title}](command:${command})`);
  return text.appendMarkdown(links.join(' · '));
}
