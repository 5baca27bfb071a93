/** The hover of the word at the cursor, for who has no pointer to rest on it. */
import { LSPPlugin } from '@codemirror/lsp-client';
import { StateEffect, StateField, type Extension } from '@codemirror/state';
import { keymap, showTooltip, type EditorView, type Tooltip } from '@codemirror/view';

interface WireHover {
  readonly contents: { readonly kind: 'markdown' | 'plaintext'; readonly value: string };
}

const setExplanation = StateEffect.define<Tooltip | null>();

const explanation = StateField.define<Tooltip | null>({
  create: () => null,
  update(value, { docChanged, selection, effects }) {
    const kept = docChanged || selection !== undefined ? null : value;
    return effects.reduce((shown, effect) => (effect.is(setExplanation) ? effect.value : shown), kept);
  },
  provide: (field) => showTooltip.from(field),
});

/** Ask about the word at the cursor and show the answer beside it. */
export function explain(view: EditorView): boolean {
  const plugin = LSPPlugin.get(view);
  if (plugin === null) {
    return false;
  }
  plugin.client.sync();
  const pos = view.state.selection.main.head;
  const params = { textDocument: { uri: plugin.uri }, position: plugin.toPosition(pos) };
  plugin.client
    .request<object, WireHover | null>('textDocument/hover', params)
    .then((hover) => {
      if (hover !== null && view.state.selection.main.head === pos) {
        view.dispatch({ effects: setExplanation.of(tooltip(plugin, pos, hover)) });
      }
    })
    .catch((error: unknown) => {
      plugin.reportError('No numbers for this word', error);
    });
  return true;
}

/** The tooltip and its keys. */
export const explanations: Extension = [
  explanation,
  keymap.of([
    { key: 'Mod-i', run: explain },
    {
      key: 'Escape',
      run: (view) => {
        const isShown = view.state.field(explanation) !== null;
        view.dispatch({ effects: setExplanation.of(null) });
        return isShown;
      },
    },
  ]),
];

function tooltip(plugin: LSPPlugin, pos: number, { contents }: WireHover): Tooltip {
  return {
    pos,
    above: true,
    create: () => {
      const dom = document.createElement('div');
      dom.className = 'cm-lsp-hover-tooltip cm-lsp-documentation';
      dom.setAttribute('role', 'status');
      dom.innerHTML = plugin.docToHTML(contents);
      return { dom };
    },
  };
}
