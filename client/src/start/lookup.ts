/**
 * Finds the language server among the places where it may lie.
 *
 * Nothing here asks the editor or the machine: the caller gathers the facts, so that the search for
 * any platform can be tested on any other.
 */
import { posix, win32 } from 'node:path';

/** The facts that decide where the server is looked for. */
export interface Places {
  /** The value of the setting `ppl.server.path`; empty when it is not set. */
  readonly setting: string;
  /** The Python executable of the environment selected in the editor. */
  readonly interpreter: string | undefined;
  /** Whether the user trusts the workspace, which can bring an environment along and with it a program of its own. */
  readonly isTrusted: boolean;
  /** The environment variable `PATH`. */
  readonly pathVariable: string;
  readonly home: string;
  readonly platform: NodeJS.Platform;
}

/** Tells whether there is a file at an absolute path that can be run. */
export type IsExecutable = (file: string) => boolean;

export interface Found {
  readonly kind: 'found';
  readonly command: string;
}

export interface Missing {
  readonly kind: 'missing';
  /** What to tell the user. */
  readonly message: string;
  /** The Python executable of an environment that the server could be installed into. */
  readonly installInto: string | undefined;
  /** Every path that was tried, in order. */
  readonly tried: readonly string[];
}

export type Lookup = Found | Missing;

/** The name of the server's program and of its package. */
export const SERVER = 'ppl-lsp';

/** Return the server named by the setting; without one, that of the Python environment, then that on the `PATH`. */
export function findServer(places: Places, isExecutable: IsExecutable): Lookup {
  const { setting } = places;
  const tried = setting === '' ? defaultCandidates(places) : settingCandidates(places);
  const command = tried.find(isExecutable);
  if (command !== undefined) {
    return { kind: 'found', command };
  }
  const message = setting === '' ? notInstalled(places) : settingLeadsNowhere(setting);
  return { kind: 'missing', message, installInto: setting === '' ? trusted(places) : undefined, tried };
}

/** Return the Python executable of the selected environment if it may be run. */
function trusted({ interpreter, isTrusted }: Places): string | undefined {
  return isTrusted ? interpreter : undefined;
}

function notInstalled(places: Places): string {
  const { isTrusted } = places;
  const interpreter = trusted(places);
  if (interpreter !== undefined) {
    return (
      `The language server ${SERVER} is not installed in the selected Python environment. ` +
      `Install it? This runs "${interpreter} -m pip install ${SERVER}" in a terminal.`
    );
  }
  const where = isTrusted
    ? 'into the selected Python environment or anywhere on the PATH'
    : 'anywhere on the PATH (the Python environment of a workspace that is not trusted is not used)';
  return (
    `The language server ${SERVER} was not found. ` +
    `Install it with "pip install ${SERVER}" ${where}, or name it in the setting ppl.server.path.`
  );
}

function settingLeadsNowhere(setting: string): string {
  return (
    `The setting ppl.server.path is "${setting}", but there is no such program. ` +
    'It takes an absolute path, a path that begins with ~/, or a name on the PATH; ' +
    `clear it to use an installed ${SERVER}.`
  );
}

function defaultCandidates(places: Places): string[] {
  return [...besideInterpreter(places), ...onPath(SERVER, places)];
}

function settingCandidates(places: Places): string[] {
  const { setting, home, platform } = places;
  const path = pathModule(platform);
  if (/^~[\\/]/.test(setting)) {
    return [programFile(path.join(home, setting.slice(2)), platform)];
  }
  if (path.isAbsolute(setting)) {
    return [programFile(setting, platform)];
  }
  // A relative path would mean another program in every workspace.
  return /[\\/]/.test(setting) ? [] : onPath(setting, places);
}

function besideInterpreter(places: Places): string[] {
  const { platform } = places;
  const interpreter = trusted(places);
  if (interpreter === undefined) {
    return [];
  }
  const path = pathModule(platform);
  const folder = path.dirname(interpreter);
  // Outside of virtual environments, Windows has python.exe one folder above the scripts.
  const folders = platform === 'win32' ? [folder, path.join(folder, 'Scripts')] : [folder];
  return folders.map((candidate) => path.join(candidate, programFile(SERVER, platform)));
}

function onPath(name: string, { pathVariable, platform }: Places): string[] {
  const path = pathModule(platform);
  // A relative entry would let the current folder decide which program runs.
  const folders = pathVariable.split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  return folders.map((folder) => path.join(folder, programFile(name, platform)));
}

function programFile(file: string, platform: NodeJS.Platform): string {
  return platform === 'win32' && win32.extname(file) === '' ? `${file}.exe` : file;
}

function pathModule(platform: NodeJS.Platform): typeof posix {
  return platform === 'win32' ? win32 : posix;
}
