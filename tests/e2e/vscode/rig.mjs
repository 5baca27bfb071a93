// A real VS Code (code-server) with the packaged extension in it, looked at by a real Chromium.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const HERE = dirname(fileURLToPath(import.meta.url));
export const ROOT = join(HERE, '../../..');
const run = promisify(execFile);

/** The text that every editor has in its folder as `sample.md`. */
export const SAMPLE = join(ROOT, 'docs/sample.md');

const { CODE_SERVER, PLAYWRIGHT, PPL_SERVER, CHROMIUM = '/usr/bin/chromium', SHOTS } = process.env;

/** Why the tests can not run here; undefined if they can. */
export const MISSING =
  CODE_SERVER && PLAYWRIGHT && PPL_SERVER
    ? undefined
    : 'set CODE_SERVER, PLAYWRIGHT and PPL_SERVER, see tests/e2e/vscode/README.md';

/** How long anything may take, on a machine that does other work too. */
export const PATIENCE_MS = 300_000;

const SETTINGS = {
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'workbench.startupEditor': 'none',
  'workbench.enableExperiments': false,
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'security.workspace.trust.enabled': false,
  'window.autoDetectColorScheme': false,
  'editor.hover.delay': 100,
  'editor.minimap.enabled': false,
  'files.autoSave': 'off',
};

/**
 * An editor with a folder of its own; `close` ends all of it.
 *
 * `hasServer: false` leaves the server to be found in the environment of a stand-in for the Python
 * extension, whose `python -m pip install ppl-lsp` puts it there. `testsInside: true` leaves the
 * extension to be loaded from its folder, with tests that run beside it.
 */
export async function openEditor({
  settings = {},
  files = {},
  trusts = false,
  hasServer = true,
  testsInside = false,
} = {}) {
  const home = mkdtempSync(join(tmpdir(), 'ppl-vscode-'));
  const [data, folder, profile] = ['data', 'workspace', 'profile'].map((name) => join(home, name));
  for (const path of [join(data, 'User'), join(data, 'Machine'), folder]) {
    mkdirSync(path, { recursive: true });
  }
  writeSettings(join(data, 'User', 'settings.json'), { ...SETTINGS, ...(trusts ? { 'security.workspace.trust.enabled': true } : {}), ...settings });
  writeSettings(join(data, 'Machine', 'settings.json'), hasServer ? { 'ppl.server.path': PPL_SERVER } : {});
  copyFileSync(SAMPLE, join(folder, 'sample.md'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const port = await freePort();
  const common = ['--user-data-dir', data, '--extensions-dir', join(data, 'extensions')];
  const entry = join(CODE_SERVER, 'out/node/entry.js');
  const env = { ...process.env, EXTENSIONS_GALLERY: '{}', PPL_CACHE_DIR: join(home, 'cache'), PPL_TEST_PYTHON: python(home) };
  writeFileSync(join(data, 'config.yaml'), 'auth: none\n');
  const config = ['--config', join(data, 'config.yaml')];
  const { version } = JSON.parse(readFileSync(join(ROOT, 'client/package.json'), 'utf8'));
  const vsix = join(ROOT, `client/ppl-lsp-${version}.vsix`);
  const extensions = [...(testsInside ? [] : [vsix]), ...(hasServer ? [] : [await pythonStandIn(home)])];
  if (0 < extensions.length) {
    const installing = extensions.flatMap((file) => ['--install-extension', file]);
    await run(process.execPath, [entry, ...config, ...common, '--force', ...installing], { env });
  }
  const options = ['--bind-addr', `127.0.0.1:${port}`, '--auth', 'none', '--disable-telemetry', '--disable-update-check'];
  const trust = trusts ? [] : ['--disable-workspace-trust'];
  // Without it the page takes no tests from its address.
  const driver = testsInside ? ['--vscode-option', 'enable-smoke-test-driver'] : [];
  const server = spawn(
    process.execPath,
    [entry, ...config, ...common, ...options, ...trust, ...driver, '--disable-getting-started-override', '--ignore-last-opened'],
    { env, stdio: 'ignore' },
  );
  const ended = once(server, 'exit');
  const browser = await openBrowser(port, profile).catch((error) => {
    server.kill();
    throw error;
  });
  browser.setDefaultTimeout(PATIENCE_MS);
  const page = browser.pages()[0] ?? (await browser.newPage());
  return {
    page,
    folder,
    pid: server.pid,
    origin: `127.0.0.1:${port}`,
    /** Show the folder alone; files named in a URL are opened as text, whatever else they are. */
    async openFolder() {
      await page.goto(`http://127.0.0.1:${port}/?folder=${folder}`);
      await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor();
    },
    async open(name) {
      const file = ['openFile', `vscode-remote://127.0.0.1:${port}${join(folder, name)}`];
      const payload = encodeURIComponent(JSON.stringify([file]));
      const item = page.locator('.statusbar-item[id^="ppl-lsp."]');
      // On a very busy machine the extension host may not come at all: then the page is loaded anew.
      for (let attempt = 1; attempt <= 3; attempt++) {
        await page.goto(`http://127.0.0.1:${port}/?folder=${folder}&payload=${payload}`);
        await page.locator('.monaco-editor .view-lines').first().waitFor();
        const isThere = await item.waitFor({ timeout: PATIENCE_MS / 3 }).then(
          () => true,
          () => false,
        );
        if (isThere) {
          return;
        }
      }
      throw new Error('the extension did not start');
    },
    /** Make these the settings of the workspace: the editor does not watch the user's on every system. */
    setSettings(changed) {
      mkdirSync(join(folder, '.vscode'), { recursive: true });
      writeSettings(join(folder, '.vscode', 'settings.json'), changed);
    },
    async shot(name) {
      if (SHOTS) {
        await page.screenshot({ path: join(SHOTS, `${name}.png`) });
      }
    },
    /** Take a picture of what a test saw that did not pass. */
    async failed(name, passed) {
      if (!passed) {
        await this.shot(`failed-${name.replaceAll(/[^a-z]+/gi, '-')}`);
      }
    },
    async close() {
      await browser.close();
      server.kill();
      await ended;
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function openBrowser(port, profile) {
  await answers(port);
  const { chromium } = createRequire(join(PLAYWRIGHT, 'index.js'))('playwright-core');
  return chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    headless: true,
    timeout: PATIENCE_MS,
    viewport: { width: 1200, height: 760 },
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'],
  });
}

/** Write a Python that knows one command, and return its path. */
function python(home) {
  const folder = join(home, 'environment', 'bin');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'python');
  const server = join(folder, 'ppl-lsp');
  writeFileSync(path, `#!/bin/sh\ntest "$*" = "-m pip install ppl-lsp" && ln -s "${PPL_SERVER}" "${server}" && echo installed\n`);
  chmodSync(path, 0o755);
  return path;
}

/** Package the stand-in for the Python extension. */
async function pythonStandIn(home) {
  const vsix = join(home, 'python.vsix');
  const vsce = join(ROOT, 'client/node_modules/@vscode/vsce/vsce');
  const options = ['--no-dependencies', '--allow-missing-repository', '--skip-license', '--out', vsix];
  await run(process.execPath, [vsce, 'package', ...options], { cwd: join(HERE, 'python-stand-in') });
  return vsix;
}

function writeSettings(path, settings) {
  writeFileSync(path, JSON.stringify(settings, undefined, 2));
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function answers(port) {
  const end = Date.now() + PATIENCE_MS;
  while (Date.now() < end) {
    const response = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
    if (response?.ok) {
      return;
    }
    await pause(100);
  }
  throw new Error('the editor did not start');
}
