import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findServer, type Missing, type Places } from '../../src/start/lookup';

const LINUX: Places = {
  setting: '',
  interpreter: '/notes/.venv/bin/python',
  isTrusted: true,
  pathVariable: '/usr/local/bin:/usr/bin',
  home: '/home/ada',
  platform: 'linux',
};
const WINDOWS: Places = {
  setting: '',
  interpreter: 'C:\\notes\\.venv\\Scripts\\python.exe',
  isTrusted: true,
  pathVariable: 'C:\\Windows;C:\\Tools',
  home: 'C:\\Users\\ada',
  platform: 'win32',
};

/** Return the command found when only `files` exist. */
function command(places: Places, ...files: string[]): string | undefined {
  const lookup = findServer(places, (file) => files.includes(file));
  return lookup.kind === 'found' ? lookup.command : undefined;
}

/** Return what is said and what was tried when nothing exists. */
function missing(places: Places): Missing {
  const lookup = findServer(places, () => false);
  assert.ok(lookup.kind === 'missing');
  return lookup;
}

function installInto(places: Places): string | undefined {
  return missing(places).installInto;
}

test('the setting wins over the Python environment and the PATH', () => {
  const places = { ...LINUX, setting: '/opt/ppl/server' };
  const everywhere = ['/opt/ppl/server', '/notes/.venv/bin/ppl-lsp', '/usr/bin/ppl-lsp'];
  assert.equal(command(places, ...everywhere), '/opt/ppl/server');
});

test('the Python environment wins over the PATH', () => {
  assert.equal(command(LINUX, '/notes/.venv/bin/ppl-lsp', '/usr/bin/ppl-lsp'), '/notes/.venv/bin/ppl-lsp');
});

test('the PATH is searched in its order', () => {
  assert.equal(command(LINUX, '/usr/bin/ppl-lsp', '/usr/local/bin/ppl-lsp'), '/usr/local/bin/ppl-lsp');
});

test('without a Python environment the PATH is searched', () => {
  assert.equal(command({ ...LINUX, interpreter: undefined }, '/usr/bin/ppl-lsp'), '/usr/bin/ppl-lsp');
});

test('a workspace that is not trusted does not choose the server', () => {
  const places = { ...LINUX, isTrusted: false };
  assert.equal(command(places, '/notes/.venv/bin/ppl-lsp', '/usr/bin/ppl-lsp'), '/usr/bin/ppl-lsp');
  assert.match(missing(places).message, /not trusted/);
});

test('the setting may begin with the home folder', () => {
  assert.equal(command({ ...LINUX, setting: '~/bin/ppl-lsp' }, '/home/ada/bin/ppl-lsp'), '/home/ada/bin/ppl-lsp');
});

test('the setting may name a program on the PATH', () => {
  assert.equal(command({ ...LINUX, setting: 'ppl-dev' }, '/usr/bin/ppl-dev'), '/usr/bin/ppl-dev');
});

test('a setting that leads nowhere is named, and nothing else is run in its stead', () => {
  const places = { ...LINUX, setting: '/opt/gone' };
  assert.equal(command(places, '/notes/.venv/bin/ppl-lsp', '/usr/bin/ppl-lsp'), undefined);
  const { message, tried } = missing(places);
  assert.match(message, /ppl\.server\.path is "\/opt\/gone"/);
  assert.deepEqual(tried, ['/opt/gone']);
});

test('neither a relative setting nor a relative entry of the PATH is followed', () => {
  assert.deepEqual(missing({ ...LINUX, setting: './ppl-lsp' }).tried, []);
  assert.deepEqual(missing({ ...LINUX, interpreter: undefined, pathVariable: '.::bin:/usr/bin' }).tried, [
    '/usr/bin/ppl-lsp',
  ]);
});

test('a missing server is reported with the way to install it and every place tried', () => {
  const { message, tried } = missing(LINUX);
  assert.match(message, /pip install ppl-lsp/);
  assert.match(missing({ ...LINUX, interpreter: undefined }).message, /pip install ppl-lsp.*ppl\.server\.path/);
  assert.deepEqual(tried, ['/notes/.venv/bin/ppl-lsp', '/usr/local/bin/ppl-lsp', '/usr/bin/ppl-lsp']);
});

test('installing is offered into an environment that is selected, trusted and not overruled', () => {
  assert.equal(installInto(LINUX), '/notes/.venv/bin/python');
  assert.equal(installInto({ ...LINUX, interpreter: undefined }), undefined);
  assert.equal(installInto({ ...LINUX, isTrusted: false }), undefined);
  assert.equal(installInto({ ...LINUX, setting: '/opt/gone' }), undefined);
});

test('on Windows the server is an .exe beside the interpreter, in its Scripts folder or on the PATH', () => {
  assert.deepEqual(missing({ ...WINDOWS, interpreter: 'C:\\Python\\python.exe' }).tried, [
    'C:\\Python\\ppl-lsp.exe',
    'C:\\Python\\Scripts\\ppl-lsp.exe',
    'C:\\Windows\\ppl-lsp.exe',
    'C:\\Tools\\ppl-lsp.exe',
  ]);
  const inEnvironment = 'C:\\notes\\.venv\\Scripts\\ppl-lsp.exe';
  assert.equal(command(WINDOWS, inEnvironment), inEnvironment);
});

test('on Windows the setting may leave out the .exe', () => {
  const places = { ...WINDOWS, setting: 'C:\\Tools\\ppl-lsp' };
  assert.equal(command(places, 'C:\\Tools\\ppl-lsp.exe'), 'C:\\Tools\\ppl-lsp.exe');
});
