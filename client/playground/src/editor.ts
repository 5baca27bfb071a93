/** The editor: CodeMirror with Markdown, our marks, and what opens files in it. */
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { HighlightStyle, Language, defineLanguageFacet, syntaxHighlighting } from '@codemirror/language';
import { nextDiagnostic, previousDiagnostic } from '@codemirror/lint';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import { EditorView, keymap, placeholder } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { parser } from '@lezer/markdown';
import { explanations } from './explain';
import { findings } from './findings';
import { heatMap } from './heat';

const markdown = new Language(defineLanguageFacet(), parser, [], 'markdown');

const markup = HighlightStyle.define([
  { tag: tags.heading, fontWeight: '700' },
  { tag: tags.strong, fontWeight: '700' },
  { tag: tags.emphasis, fontStyle: 'italic' },
  { tag: [tags.monospace, tags.url, tags.processingInstruction, tags.meta], class: 'markup' },
]);

// What the lint package draws as images is drawn as lines: the page loads none.
const look = EditorView.theme({
  '&': { backgroundColor: 'var(--page)', color: 'var(--text)', height: '100%' },
  '&.cm-focused': { outline: 'none' }, // its pane has the frame: scroll bars would hide ours
  '.cm-content': { caretColor: 'var(--text)', padding: '12px 0' },
  '.cm-line': { padding: '0 16px' },
  '.cm-scroller': { fontFamily: 'inherit', lineHeight: '1.75' },
  '.cm-lintRange': {
    backgroundImage: 'none !important',
    paddingBottom: '0',
    textDecoration: 'underline wavy 1.5px',
    textDecorationSkipInk: 'none',
    textUnderlineOffset: '5px',
  },
  '.cm-lintRange-error, .cm-lintRange-warning': { textDecorationColor: 'var(--warning)' },
  '.cm-lintRange-info': { textDecorationColor: 'var(--information)' },
  '.cm-lintRange-hint': { textDecorationColor: 'var(--hint)', textDecorationStyle: 'dotted' },
  '.cm-tooltip': { backgroundColor: 'var(--panel)', color: 'var(--text)', border: '1px solid var(--line)' },
  '.cm-diagnostic': { borderLeft: '4px solid var(--information)', padding: '6px 10px' },
  '.cm-diagnostic-warning': { borderLeftColor: 'var(--warning)' },
});

/** What the page does with files that are brought to the editor. */
export interface Files {
  open(file: File): void;
  /** Go to what can be done about the finding at the cursor. */
  focusFix(): boolean;
}

/** The part that is exchanged with each text that is opened. */
export const document_ = new Compartment();

/** Return the editor in an element of the page. */
export function newEditor(parent: HTMLElement, nonce: string, files: Files, more: Extension): EditorView {
  const state = EditorState.create({
    extensions: [
      EditorView.cspNonce.of(nonce),
      history(),
      keymap.of([
        { key: 'F8', run: nextDiagnostic, shift: previousDiagnostic },
        { key: 'Mod-.', run: () => files.focusFix() },
        ...defaultKeymap.filter(({ key }) => key !== 'Mod-i'),
        ...historyKeymap,
      ]),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': 'Text', spellcheck: 'false', autocorrect: 'off' }),
      placeholder('Type or paste a text, or drop a file here.'),
      markdown.extension,
      syntaxHighlighting(markup),
      findings,
      heatMap,
      explanations,
      fileEvents(files),
      look,
      more,
      document_.of([]),
    ],
  });
  return new EditorView({ state, parent });
}

function fileEvents(files: Files): Extension {
  const taken = (data: DataTransfer | null, event: Event): boolean => {
    const [file] = data?.files ?? [];
    if (file === undefined) {
      return false;
    }
    event.preventDefault();
    files.open(file);
    return true;
  };
  return EditorView.domEventHandlers({
    drop: (event) => taken(event.dataTransfer, event),
    paste: (event) => taken(event.clipboardData, event),
  });
}
