/** Starts, restarts and stops the language server; every number and finding is the server's. */
import { commands, window, workspace, type ExtensionContext } from 'vscode';
import { Python } from './python';
import { Server } from './server';
import { StatusItem } from './statusItem';

let server: Server | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  const output = window.createOutputChannel('ppl', { log: true });
  const statusItem = new StatusItem();
  const python = new Python(output, () => void current.follow());
  const current = new Server(
    output,
    (status) => {
      statusItem.show(status);
    },
    () => python.interpreter(),
  );
  server = current;
  context.subscriptions.push(
    output,
    statusItem,
    python,
    commands.registerCommand('ppl.restart', () => current.restart()),
    commands.registerCommand('ppl.stop', () => current.stop()),
    commands.registerCommand('ppl.showOutput', () => {
      output.show(true);
    }),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('ppl.server.path')) {
        void current.follow();
      }
    }),
    workspace.onDidGrantWorkspaceTrust(async () => {
      await current.follow();
      await current.reconfigure();
    }),
  );
  // The first start goes the way of every later one, so that failures are met in one place.
  await commands.executeCommand('ppl.restart');
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
