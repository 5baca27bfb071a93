/** The line at the foot of the page, in words. */
import { figure } from '../../src/profile/words';
import type { HeatSummary, Status } from '../../src/protocol';

/** Return what the server is doing. */
export function stateLine({ state, message }: Pick<Status, 'state' | 'message'>): string {
  // When it is at rest its message is the perplexity, which stands beside it.
  return state === 'ready' ? 'ready' : message.replace(/^ppl:? /, '');
}

/** Return the figures of the whole text; nothing while they are not known. */
export function summaryText(summary: HeatSummary | null): string {
  if (summary === null || summary.nWords === 0) {
    return '';
  }
  return [
    `perplexity ${figure(summary.perplexity)}`,
    `${figure(summary.bitsPerWord)} bits per word`,
    `${figure(summary.bitsPerByte, 2)} bits per byte`,
    `${String(summary.nWords)} words`,
  ].join(' · ');
}

/** Return which model reads, and how it runs. */
export function modelLine({ model, device, precision }: Pick<Status, 'model' | 'device' | 'precision'>): string {
  return [`model ${model}`, device, precision].filter((part) => part !== '').join(' · ');
}
