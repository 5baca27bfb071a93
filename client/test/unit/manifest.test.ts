import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import manifest from '../../package.json';

const settings = manifest.contributes.configuration.properties;

test('every setting is described, has a default, and comes in the order written', () => {
  for (const [index, [name, setting]] of Object.entries(settings).entries()) {
    assert.ok(setting.markdownDescription.endsWith('.'), name);
    assert.ok('default' in setting, name);
    assert.equal(setting.order, index, name);
  }
});

test('every value of a choice is described', () => {
  for (const [name, setting] of Object.entries(settings)) {
    if ('enum' in setting) {
      assert.equal(setting.enumDescriptions.length, setting.enum.length, name);
      assert.ok(setting.enum.includes(setting.default), name);
    }
  }
});

test('the settings restricted in untrusted workspaces exist', () => {
  for (const name of manifest.capabilities.untrustedWorkspaces.restrictedConfigurations) {
    assert.ok(name in settings, name);
  }
});

/** Registered by the library for a server that announces them. */
const OF_THE_SERVER = ['ppl.clearWorkspace', 'ppl.pause', 'ppl.restartEngine', 'ppl.resume', 'ppl.scoreWorkspace', 'ppl.showReport'];

test('the commands in the palette are those registered here, and those of the server', () => {
  const registered = sources().flatMap((source) =>
    [...source.matchAll(/registerCommand\('([^']+)'/g)].map(([, name]) => name ?? ''),
  );
  const declared = manifest.contributes.commands.map(({ command }) => command);
  assert.deepEqual(declared.toSorted(), [...registered, ...OF_THE_SERVER].toSorted());
});

test('keys, walkthrough and menus name commands that exist', () => {
  const { commands, keybindings, menus, walkthroughs } = manifest.contributes;
  const known = new Set(commands.map(({ command }) => command));
  const texts = walkthroughs.flatMap(({ steps }) => steps.map(({ description }) => description));
  const linked = texts.flatMap((text) => [...text.matchAll(/\(command:([^)]+)\)/g)].map(([, name]) => name ?? ''));
  assert.ok(4 <= linked.length);
  for (const name of [...keybindings, ...menus['view/title']].map(({ command }) => command).concat(linked)) {
    assert.ok(known.has(name), name);
  }
});

test('what decides which program and which model run belongs to the machine', () => {
  for (const name of ['ppl.model', 'ppl.device', 'ppl.precision', 'ppl.server.path'] as const) {
    assert.equal(settings[name].scope, 'machine', name);
  }
});

test('pictures and texts of the walkthrough are there', () => {
  for (const { media } of manifest.contributes.walkthroughs.flatMap(({ steps }) => steps)) {
    assert.ok(existsSync(media.markdown ?? media.image), JSON.stringify(media));
  }
});

test('the API compiled against is that of the oldest VS Code supported', () => {
  assert.equal(`^${manifest.devDependencies['@types/vscode']}`, manifest.engines.vscode);
});

function sources(): string[] {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.ts')).map((file) => readFileSync(join('src', file), 'utf8'));
}
