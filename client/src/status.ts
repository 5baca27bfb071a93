/** What the status item shows of the server's state. */

/** Parameters of the notification `ppl/status`, which the server sends whenever one of them changes. */
export interface Status {
  /** `starting`, `loading`, `ready`, `scoring` or `failed`; a newer server may know more. */
  readonly state: string;
  /** The text of the status item. */
  readonly message: string;
  readonly model: string;
  /** Empty until the model is loaded, as is `precision`. */
  readonly device: string;
  readonly precision: string;
}

/** The states that only the client can know, since no server is there to tell. */
export const STARTING = clientStatus('starting', 'ppl: starting');
export const STOPPED = clientStatus('stopped', 'ppl: stopped');
export const MISSING = clientStatus('failed', 'ppl: server not found');
export const CRASHED = clientStatus('failed', 'ppl: server crashed');

// `scoring` has no icon: one that comes and goes with every pause in typing would draw the eye.
const ICONS: Readonly<Record<string, string>> = {
  starting: '$(loading~spin)',
  loading: '$(loading~spin)',
  stopped: '$(circle-slash)',
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

function clientStatus(state: string, message: string): Status {
  return { state, message, model: '', device: '', precision: '' };
}
