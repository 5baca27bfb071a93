/**
 * Shows the reports that the server has written.
 *
 * A browser would do, but that of a remote window is on another machine than the file.
 */
import { ColorThemeKind, ViewColumn, Uri, window, workspace } from 'vscode';
import { insideEditor } from './reportPage';

/** Whether a document that the server wants to be shown is a report. */
export function isReport(uri: string): boolean {
  const { scheme, path } = Uri.parse(uri);
  return scheme === 'file' && path.endsWith('.html');
}

export async function showReport(uri: string): Promise<void> {
  const page = new TextDecoder().decode(await workspace.fs.readFile(Uri.parse(uri)));
  const panel = window.createWebviewPanel('ppl.report', 'Surprisal Report', ViewColumn.Beside, {
    enableScripts: true,
    enableFindWidget: true,
    localResourceRoots: [],
  });
  show();
  // The screen may ask for other colours than the editor has.
  const listener = window.onDidChangeActiveColorTheme(show);
  panel.onDidDispose(() => {
    listener.dispose();
  });

  function show(): void {
    panel.webview.html = insideEditor(page, isDark() ? 'dark' : 'light');
  }
}

function isDark(): boolean {
  const { kind } = window.activeColorTheme;
  return kind === ColorThemeKind.Dark || kind === ColorThemeKind.HighContrast;
}
