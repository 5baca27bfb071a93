/** Starts, restarts and stops the language server and draws what it says; every number and finding is the server's. */
import { commands, window, workspace, type ExtensionContext } from 'vscode';
import { HeatMap } from './heat/heatMap';
import { ProfileView } from './profile/profileView';
import type { Status } from './protocol';
import { Python } from './start/python';
import { Server } from './start/server';
import { chooseHeatMap, openSample, openSettings, openWalkthrough, showMenu, switchModel } from './status/menu';
import { isPaused } from './status/status';
import { StatusItem } from './status/statusItem';

let server: Server | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  const output = window.createOutputChannel('ppl', { log: true });
  const statusItem = new StatusItem();
  const python = new Python(output, () => void current.follow());
  const current = new Server(output, showStatus, () => python.interpreter());
  const heatMap = new HeatMap(current.ask, output);
  const profile = new ProfileView(context, current.ask, output);
  server = current;
  context.subscriptions.push(
    output,
    statusItem,
    python,
    heatMap,
    profile,
    commands.registerCommand('ppl.restart', () => current.restart()),
    commands.registerCommand('ppl.stop', () => current.stop()),
    commands.registerCommand('ppl.showOutput', () => {
      output.show(true);
    }),
    commands.registerCommand('ppl.showMenu', () => showMenu(statusItem.status)),
    commands.registerCommand('ppl.chooseHeatMap', chooseHeatMap),
    commands.registerCommand('ppl.switchModel', switchModel),
    commands.registerCommand('ppl.openSettings', openSettings),
    commands.registerCommand('ppl.openWalkthrough', openWalkthrough),
    commands.registerCommand('ppl.openSample', () => openSample(context.extensionUri)),
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

  function showStatus(status: Status): void {
    void commands.executeCommand('setContext', 'ppl.isPaused', isPaused(status));
    statusItem.show(status);
    heatMap.statusChanged(status);
    profile.statusChanged(status);
  }
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
