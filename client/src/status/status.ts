/** What the status item shows of the server's state. */
import type { Status } from '../protocol';

/** The states that only the client can know, since no server is there to tell. */
export const STARTING = clientStatus('starting', 'ppl: starting');
export const STOPPED = clientStatus('stopped', 'ppl: stopped');
export const MISSING = clientStatus('missing', 'ppl: server not found');
export const CRASHED = clientStatus('crashed', 'ppl: server crashed');

// `scoring` has no icon: one that comes and goes with every pause in typing would draw the eye.
const ICONS: Readonly<Record<string, string>> = {
  starting: '$(loading~spin)',
  loading: '$(loading~spin)',
  paused: '$(debug-pause)',
  off: '$(circle-slash)',
  stopped: '$(circle-slash)',
  missing: '$(error)',
  crashed: '$(error)',
  failed: '$(error)',
};

/** Return the status item's text: the message, after an icon where the state deserves one. */
export function label({ state, message }: Status): string {
  const icon = ICONS[state];
  return icon === undefined ? message : `${icon} ${message}`;
}

/** Return the lines of the tooltip. */
export function details({ message, model, device, precision }: Status): string[] {
  const facts = { Model: model, Device: device, Precision: precision };
  const known = Object.entries(facts).filter(([, value]) => value);
  return [message, ...known.map(([name, value]) => `${name}: ${value}`)];
}

/** Whether something went wrong that the user may want to mend. */
export function isFailure({ state }: Status): boolean {
  return ['missing', 'crashed', 'failed'].includes(state);
}

/** Whether there is a server, be its model loaded or not. */
export function isRunning({ state }: Status): boolean {
  return !['stopped', 'missing', 'crashed'].includes(state);
}

export function isPaused({ state }: Status): boolean {
  return state === 'paused';
}

/** Whether nothing is scored and nothing is to be shown. */
export function isSilent(status: Status): boolean {
  return isFailure(status) || !isRunning(status) || ['paused', 'off'].includes(status.state);
}

/** Whether documents have scores, or will have them in a moment. */
export function isScoring({ state }: Status): boolean {
  return state === 'ready' || state === 'scoring';
}

function clientStatus(state: string, message: string): Status {
  return { state, message, model: '', device: '', precision: '' };
}
