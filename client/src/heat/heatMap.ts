/**
 * The heat map of visible editors: asked for where somebody looks, drawn, and asked for again when the
 * text, the model or the place has changed.
 *
 * Between edits and their scores VS Code moves what is drawn along with the text.
 */
import {
  CancellationTokenSource,
  commands,
  Disposable,
  languages,
  window,
  workspace,
  ConfigurationTarget,
  type LogOutputChannel,
  type TextEditor,
} from 'vscode';
import { isScorable } from '../documents';
import { HEAT_MAP, type HeatBand, type Status, type WireRange } from '../protocol';
import type { Ask } from '../start/server';
import { isScoring, isSilent } from '../status/status';
import { missing, type Lines, type Scope, type View } from './lines';
import { asMode, drawn, toggled, type Mode } from './mode';
import { Painter } from './painter';
import { Peek } from './peek';

/** Bursts of scrolling and typing are answered once. */
const SCROLL_PAUSE_MS = 80;
const TYPING_PAUSE_MS = 350;

interface Held extends Scope {
  readonly bands: readonly HeatBand[];
}

interface Pending extends Scope {
  readonly cancellation: CancellationTokenSource;
}

/** What is known of one visible editor. */
interface Canvas {
  held?: Held | undefined;
  pending?: Pending | undefined;
  timer?: NodeJS.Timeout | undefined;
}

export class HeatMap implements Disposable {
  readonly #ask: Ask;
  readonly #output: LogOutputChannel;
  readonly #painter = new Painter();
  readonly #canvases = new Map<TextEditor, Canvas>();
  readonly #listeners: Disposable;
  readonly #peek = new Peek(clock, () => {
    this.#modeChanged();
  });
  #generation = 0;
  #isReady = false;

  constructor(ask: Ask, output: LogOutputChannel) {
    this.#ask = ask;
    this.#output = output;
    this.#listeners = Disposable.from(
      window.onDidChangeVisibleTextEditors((editors) => {
        this.#editorsChanged(editors);
      }),
      window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => {
        this.#lookSoon(textEditor, SCROLL_PAUSE_MS);
      }),
      window.onDidChangeTextEditorSelection(() => {
        this.#peek.end();
      }),
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length === 0) {
          return;
        }
        this.#peek.end();
        for (const editor of window.visibleTextEditors.filter((each) => each.document === document)) {
          this.#lookSoon(editor, TYPING_PAUSE_MS);
        }
      }),
      // Also sent when the language of a document changes.
      workspace.onDidOpenTextDocument(() => {
        this.#modeChanged();
      }),
      languages.onDidChangeDiagnostics(({ uris }) => {
        this.#findingsChanged(new Set(uris.map(String)));
      }),
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('ppl.heatMap')) {
          this.#modeChanged();
        }
      }),
      commands.registerCommand('ppl.toggleHeatMap', () => setMode(toggled(chosenMode()))),
      commands.registerCommand('ppl.peekHeatMap', () => {
        this.#peek.press();
      }),
    );
    this.#editorsChanged(window.visibleTextEditors);
  }

  /** The server tells what it does: scores may be there, or what was drawn may hold no longer. */
  statusChanged(status: Status): void {
    if (!isScoring(status)) {
      // Another model or another server: what comes then are other scores of the same text.
      this.#generation += this.#isReady ? 1 : 0;
      this.#isReady = false;
      if (isSilent(status)) {
        this.#clear();
      }
      return;
    }
    this.#isReady = true;
    if (status.state === 'ready') {
      for (const editor of this.#canvases.keys()) {
        this.#lookSoon(editor, 0);
      }
    }
  }

  dispose(): void {
    this.#peek.end();
    this.#listeners.dispose();
    for (const canvas of this.#canvases.values()) {
      forget(canvas);
    }
    this.#painter.dispose();
  }

  get #mode(): Mode {
    return this.#peek.isShown ? 'full' : chosenMode();
  }

  #editorsChanged(editors: readonly TextEditor[]): void {
    for (const [editor, canvas] of this.#canvases) {
      if (!editors.includes(editor)) {
        forget(canvas);
        this.#canvases.delete(editor);
      }
    }
    for (const editor of editors) {
      if (!this.#canvases.has(editor)) {
        this.#canvases.set(editor, {});
        this.#lookSoon(editor, SCROLL_PAUSE_MS);
      }
    }
  }

  #modeChanged(): void {
    for (const [editor, canvas] of this.#canvases) {
      if (this.#mode === 'off') {
        stopAsking(canvas);
      } else {
        this.#lookSoon(editor, 0);
      }
      this.#paint(editor, canvas);
    }
  }

  #clear(): void {
    for (const [editor, canvas] of this.#canvases) {
      forget(canvas);
      canvas.held = undefined;
      this.#painter.paint(editor, []);
    }
  }

  #findingsChanged(uris: ReadonlySet<string>): void {
    if (this.#mode === 'findings') {
      for (const [editor, canvas] of this.#canvases) {
        if (uris.has(editor.document.uri.toString())) {
          this.#paint(editor, canvas);
        }
      }
    }
  }

  #lookSoon(editor: TextEditor, delayMs: number): void {
    const canvas = this.#canvases.get(editor);
    if (canvas === undefined || this.#mode === 'off' || !isScorable(editor.document)) {
      return;
    }
    clearTimeout(canvas.timer);
    canvas.timer = setTimeout(() => {
      canvas.timer = undefined;
      void this.#look(editor, canvas);
    }, delayMs);
  }

  async #look(editor: TextEditor, canvas: Canvas): Promise<void> {
    const view = viewOf(editor, this.#generation);
    const lines = missing(view, canvas.held);
    if (lines.length === 0 || !this.#isReady) {
      stopAsking(canvas);
      return;
    }
    if (missing(view, canvas.pending).length === 0) {
      return;
    }
    stopAsking(canvas);
    const { version, generation } = view;
    const pending = { version, generation, lines, cancellation: new CancellationTokenSource() };
    canvas.pending = pending;
    const bands = await this.#bands(editor, pending);
    if (canvas.pending !== pending) {
      return;
    }
    stopAsking(canvas);
    if (bands !== undefined) {
      canvas.held = { version, generation, lines, bands };
      this.#paint(editor, canvas);
    }
  }

  /** Return the bands of some lines; undefined if they are not to be had for this version. */
  async #bands(editor: TextEditor, { version, lines, cancellation }: Pending): Promise<HeatBand[] | undefined> {
    const { document } = editor;
    const textDocument = { uri: document.uri.toString() };
    const answers = await Promise.all(
      lines.map((part) => {
        const params = { textDocument, range: wholeLines(part) };
        return this.#ask(HEAT_MAP, params, cancellation.token);
      }),
    );
    const where = `${document.uri.path}, version ${String(version)}, lines ${inWords(lines)}`;
    const refusal = answers.find((answer) => answer?.isScored !== true || answer.version !== version);
    if (answers.includes(undefined) || refusal !== undefined) {
      this.#output.debug(`No heat map of ${where}:`, refusal?.message ?? 'not answered');
      return undefined;
    }
    const bands = answers.flatMap((answer) => answer?.bands ?? []);
    this.#output.debug(`Heat map of ${where}: ${String(bands.length)} words`);
    return bands;
  }

  #paint(editor: TextEditor, { held }: Canvas): void {
    const { document } = editor;
    if (this.#mode === 'off' || !isScorable(document)) {
      this.#painter.paint(editor, []);
    } else if (held?.version === document.version) {
      this.#painter.paint(editor, drawn(this.#mode, held.bands, findings(editor)));
    }
    // Else what is drawn has moved along with the text, and is replaced when the new scores are there.
  }
}

/** Set the mode where it is set now; for the user, if nowhere. */
export async function setMode(mode: Mode): Promise<void> {
  const settings = workspace.getConfiguration('ppl');
  const inWorkspace = settings.inspect('heatMap')?.workspaceValue !== undefined;
  await settings.update('heatMap', mode, inWorkspace ? ConfigurationTarget.Workspace : ConfigurationTarget.Global);
}

export function chosenMode(): Mode {
  return asMode(workspace.getConfiguration('ppl').get('heatMap'));
}

function findings(editor: TextEditor): WireRange[] {
  return languages
    .getDiagnostics(editor.document.uri)
    .filter(({ source }) => source === 'ppl')
    .map(({ range }) => range);
}

function viewOf({ document, visibleRanges }: TextEditor, generation: number): View {
  const visible = visibleRanges.map(({ start, end }) => ({ first: start.line, last: end.line }));
  return { version: document.version, generation, visible, nLines: document.lineCount };
}

function wholeLines({ first, last }: Lines): WireRange {
  return { start: { line: first, character: 0 }, end: { line: last + 1, character: 0 } };
}

function inWords(lines: readonly Lines[]): string {
  return lines.map(({ first, last }) => `${String(first + 1)}–${String(last + 1)}`).join(', ');
}

function stopAsking(canvas: Canvas): void {
  canvas.pending?.cancellation.cancel();
  canvas.pending?.cancellation.dispose();
  canvas.pending = undefined;
}

function forget(canvas: Canvas): void {
  clearTimeout(canvas.timer);
  canvas.timer = undefined;
  stopAsking(canvas);
}

const clock = {
  now: () => Date.now(),
  after: (delayMs: number, callback: () => void) => {
    const timer = setTimeout(callback, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
};
