/**
 * Shows the reports that the server has written.
 *
 * A browser would do, but that of a remote window is on another machine than the file.
 */
import { ViewColumn, Uri, window, workspace } from 'vscode';
import { withPolicy } from './reportPage';

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
  panel.webview.html = withPolicy(page);
}
