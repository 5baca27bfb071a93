/** The item in the status bar, shown while a document that can be scored is visible. */
import {
  Disposable,
  languages,
  MarkdownString,
  StatusBarAlignment,
  ThemeColor,
  window,
  workspace,
  type StatusBarItem,
} from 'vscode';
import { DOCUMENTS } from './documents';
import { details, label, STOPPED, type Status } from './status';

const COMMANDS = { 'ppl.restart': 'Restart', 'ppl.stop': 'Stop', 'ppl.showOutput': 'Output' };

export class StatusItem implements Disposable {
  readonly #item: StatusBarItem;
  readonly #listeners: Disposable;

  constructor() {
    this.#item = window.createStatusBarItem('ppl.status', StatusBarAlignment.Right, 100);
    this.#item.name = 'ppl';
    this.#item.command = 'ppl.showOutput';
    this.#listeners = Disposable.from(
      window.onDidChangeVisibleTextEditors(() => {
        this.#showOrHide();
      }),
      // Also sent when the language of a document changes.
      workspace.onDidOpenTextDocument(() => {
        this.#showOrHide();
      }),
    );
    this.show(STOPPED);
    this.#showOrHide();
  }

  show(status: Status): void {
    this.#item.text = label(status);
    this.#item.tooltip = tooltip(status);
    this.#item.backgroundColor =
      status.state === 'failed' ? new ThemeColor('statusBarItem.errorBackground') : undefined;
  }

  dispose(): void {
    this.#listeners.dispose();
    this.#item.dispose();
  }

  #showOrHide(): void {
    if (window.visibleTextEditors.some(({ document }) => 0 < languages.match(DOCUMENTS, document))) {
      this.#item.show();
    } else {
      this.#item.hide();
    }
  }
}

function tooltip(status: Status): MarkdownString {
  const text = new MarkdownString();
  text.isTrusted = { enabledCommands: Object.keys(COMMANDS) };
  for (const line of details(status)) {
    // A model's path is not markup.
    text.appendText(line).appendMarkdown('\n\n');
  }
  const links = Object.entries(COMMANDS).map(([command, title]) => `[${title}](command:${command})`);
  return text.appendMarkdown(links.join(' · '));
}
