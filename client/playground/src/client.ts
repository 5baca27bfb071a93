/** The LSP client: the package's own, told what else this page can do and shows. */
import { LSPClient, LSPPlugin, hoverTooltips, serverDiagnostics, type LSPClientExtension } from '@codemirror/lsp-client';
import type { EditorView } from '@codemirror/view';
import { STATUS, type Status } from '../../src/protocol';
import { setFindings, type Finding } from './findings';
import { sanitized } from './sanitize';
import { severityOf, type Published, type WirePosition } from './wire';

/** The first start loads a model, which takes longer than an answer. */
const PATIENCE_MS = 60_000;

/** What the page hears from the server. */
export interface Listener {
  published(): void;
  status(status: Status): void;
  said(message: string): void;
}

/** Return a client; it speaks as soon as it is given a transport. */
export function newClient(listener: Listener): LSPClient {
  return new LSPClient({
    timeout: PATIENCE_MS,
    sanitizeHTML: sanitized,
    extensions: [ABILITIES, serverDiagnostics(), hoverTooltips()],
    notificationHandlers: {
      'textDocument/publishDiagnostics': (client, params) => {
        if (take(client, params as Published)) {
          listener.published();
        }
        return false; // the package underlines them
      },
      [STATUS]: (_, params) => {
        listener.status(params as Status);
        return true;
      },
      'window/showMessage': (_, params) => {
        listener.said((params as { readonly message: string }).message);
        return true;
      },
    },
  });
}

const ABILITIES: LSPClientExtension = {
  clientCapabilities: {
    textDocument: {
      codeAction: {
        codeActionLiteralSupport: { codeActionKind: { valueSet: ['quickfix', 'source.fixAll'] } },
        isPreferredSupport: true,
      },
      publishDiagnostics: { dataSupport: true },
    },
    workspace: { workspaceEdit: { documentChanges: true } },
  },
};

/** Keep what was found, if it is of the text that the server was sent last; return whether it is. */
function take(client: LSPClient, { uri, version, diagnostics }: Published): boolean {
  const file = client.workspace.getFile(uri);
  const view = file?.getView();
  const plugin = view ? LSPPlugin.get(view) : null;
  if (file == null || view == null || plugin?.uri !== uri || (version != null && version !== file.version)) {
    return false;
  }
  const place = (position: WirePosition): number =>
    plugin.unsyncedChanges.mapPos(plugin.fromPosition(position, plugin.syncedDoc));
  const found = diagnostics.map((sent): Finding => {
    const { range, code, message, severity } = sent;
    const at = { from: place(range.start), to: place(range.end) };
    const said = { code: String(code ?? ''), message, severity: severityOf(severity) };
    return { ...at, ...said, fixes: [], isAsked: false, sent };
  });
  view.dispatch({ effects: setFindings.of(found.sort((one, other) => one.from - other.from)) });
  return true;
}

/** Return the part of the text that is on the screen and as much around it. */
export function aroundVisible(view: EditorView): { from: number; to: number } {
  const { from, to } = view.viewport;
  const { doc } = view.state;
  const margin = to - from;
  return {
    from: doc.lineAt(Math.max(0, from - margin)).from,
    to: doc.lineAt(Math.min(doc.length, to + margin)).to,
  };
}
