import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
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

test('the commands in the palette are those registered', () => {
  const source = readFileSync('src/extension.ts', 'utf8');
  const registered = [...source.matchAll(/registerCommand\('([^']+)'/g)].map(([, name]) => name);
  assert.deepEqual(
    manifest.contributes.commands.map(({ command }) => command),
    registered,
  );
});

test('the API compiled against is that of the oldest VS Code supported', () => {
  assert.equal(`^${manifest.devDependencies['@types/vscode']}`, manifest.engines.vscode);
});
