/** The view that shows surprisal along the document of the active editor. */
import { randomBytes } from 'node:crypto';
import {
  CancellationTokenSource,
  commands,
  Disposable,
  Selection,
  Uri,
  window,
  workspace,
  type ExtensionContext,
  type LogOutputChannel,
  type TextDocument,
  type TextEditor,
  type WebviewView,
  type WebviewViewProvider,
} from 'vscode';
import { isScorable } from '../documents';
import { PROFILE, type Status, type WirePosition } from '../protocol';
import type { Ask } from '../start/server';
import { isScoring, isSilent } from '../status/status';
import { html } from './html';
import { asFromPage, startOf, type ToPage } from './messages';

const VIEW = 'ppl.profile';

/** More would be a line that jumps from word to word in a document of a few pages. */
const MOST_POINTS = 160;

const NO_DOCUMENT = 'Open a document of prose, such as Markdown, to see where it surprises the model.';
const NO_SERVER = 'The language server does not run.';

/** What was asked for last. */
interface Asked {
  readonly document: TextDocument;
  readonly version: number;
  isAnswered: boolean;
}

export class ProfileView implements WebviewViewProvider, Disposable {
  readonly #folder: Uri;
  readonly #ask: Ask;
  readonly #output: LogOutputChannel;
  readonly #listeners: Disposable;
  #view: WebviewView | undefined;
  /** What to point at as soon as it is drawn. */
  #target: WirePosition | undefined;
  #isPageReady = false;
  #cancellation = new CancellationTokenSource();
  #asked: Asked | undefined;

  constructor({ extensionUri }: ExtensionContext, ask: Ask, output: LogOutputChannel) {
    this.#folder = extensionUri;
    this.#ask = ask;
    this.#output = output;
    this.#listeners = Disposable.from(
      window.registerWebviewViewProvider(VIEW, this),
      // A code lens names its document, which is the active one, and its section.
      commands.registerCommand('ppl.showProfile', (_uri: unknown, section: unknown) => this.#show(startOf(section))),
      window.onDidChangeActiveTextEditor(() => {
        this.#follow();
      }),
      window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => {
        if (textEditor === window.activeTextEditor) {
          this.#tellVisible(textEditor);
        }
      }),
    );
  }

  resolveWebviewView(view: WebviewView): void {
    const { webview } = view;
    const roots = ['dist', 'media'].map((name) => Uri.joinPath(this.#folder, name));
    this.#view = view;
    this.#isPageReady = false;
    webview.options = { enableScripts: true, localResourceRoots: roots };
    webview.onDidReceiveMessage((message: unknown) => {
      this.#received(message);
    });
    view.onDidDispose(() => {
      this.#view = undefined;
      this.#stopAsking();
    });
    view.onDidChangeVisibility(() => {
      // A hidden page is thrown away by the editor, and tells when it is there again.
      this.#isPageReady = false;
      this.#stopAsking();
    });
    webview.html = html({
      cspSource: webview.cspSource,
      scriptUri: String(webview.asWebviewUri(Uri.joinPath(this.#folder, 'dist', 'profile.js'))),
      styleUri: String(webview.asWebviewUri(Uri.joinPath(this.#folder, 'media', 'profile.css'))),
      nonce: randomBytes(16).toString('hex'),
    });
  }

  /** The server tells what it does: another model means other scores of the same text. */
  statusChanged(status: Status): void {
    if (status.state === 'ready') {
      this.#follow();
    } else if (!isScoring(status)) {
      this.#stopAsking();
      if (isSilent(status)) {
        this.#tell({ kind: 'say', message: status.message });
      }
    }
  }

  dispose(): void {
    this.#stopAsking();
    this.#listeners.dispose();
  }

  async #show(target: WirePosition | undefined): Promise<void> {
    this.#target = target;
    await commands.executeCommand(`${VIEW}.focus`);
    if (this.#asked?.isAnswered === true) {
      this.#pointToTarget();
    }
  }

  #pointToTarget(): void {
    if (this.#target !== undefined) {
      this.#tell({ kind: 'point', position: this.#target });
      this.#target = undefined;
    }
  }

  #received(message: unknown): void {
    const said = asFromPage(message);
    if (said?.kind === 'ready') {
      this.#isPageReady = true;
      this.#stopAsking();
      this.#follow();
    } else if (said?.kind === 'jump') {
      void this.#jump(said.position);
    }
  }

  /** Ask for the active document, unless that has been done for the version it has now. */
  #follow(): void {
    if (this.#view?.visible !== true || !this.#isPageReady) {
      return;
    }
    const editor = window.activeTextEditor;
    if (editor === undefined) {
      this.#tell(this.#asked === undefined ? { kind: 'say', message: NO_DOCUMENT } : undefined);
    } else if (!isScorable(editor.document)) {
      this.#stopAsking();
      this.#tell({ kind: 'say', message: NO_DOCUMENT });
    } else if (this.#asked?.document !== editor.document || this.#asked.version !== editor.document.version) {
      void this.#askFor(editor);
    }
  }

  async #askFor(editor: TextEditor): Promise<void> {
    this.#stopAsking();
    const { document } = editor;
    const { token } = this.#cancellation;
    const asked = { document, version: document.version, isAnswered: false };
    this.#asked = asked;
    const params = { textDocument: { uri: document.uri.toString() }, nPoints: MOST_POINTS };
    const profile = await this.#ask(PROFILE, params, token);
    if (token.isCancellationRequested) {
      return;
    }
    if (profile?.isScored !== true || profile.version !== asked.version) {
      this.#asked = undefined;
      this.#tell({ kind: 'say', message: profile === undefined ? NO_SERVER : profile.message });
      return;
    }
    asked.isAnswered = true;
    this.#output.debug(`Profile of ${document.uri.path}: ${String(profile.points.length)} points`);
    this.#tell({ kind: 'draw', title: workspace.asRelativePath(document.uri), profile });
    this.#tellVisible(editor);
    this.#pointToTarget();
  }

  #stopAsking(): void {
    this.#cancellation.cancel();
    this.#cancellation.dispose();
    this.#cancellation = new CancellationTokenSource();
    this.#asked = undefined;
  }

  #tellVisible({ document, visibleRanges }: TextEditor): void {
    const first = visibleRanges[0];
    const last = visibleRanges.at(-1);
    if (document === this.#asked?.document && first !== undefined && last !== undefined) {
      this.#tell({ kind: 'look', lines: { first: first.start.line, last: last.end.line } });
    }
  }

  #tell(message: ToPage | undefined): void {
    if (message !== undefined && this.#isPageReady) {
      void this.#view?.webview.postMessage(message);
    }
  }

  async #jump({ line, character }: WirePosition): Promise<void> {
    const document = this.#asked?.document;
    if (document === undefined) {
      return;
    }
    const column = window.visibleTextEditors.find((editor) => editor.document === document)?.viewColumn;
    const selection = new Selection(line, character, line, character);
    await window.showTextDocument(document, { selection, ...(column === undefined ? {} : { viewColumn: column }) });
  }
}
