/** What the server found, where it is now: moved along with the text until the server says more. */
import { MapMode, StateEffect, StateField, type ChangeDesc } from '@codemirror/state';

/** One replacement of text. */
export interface Change {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

/** What can be done about a finding. */
export interface Fix {
  readonly title: string;
  readonly isPreferred: boolean;
  readonly changes: readonly Change[];
}

/** One finding. */
export interface Finding {
  readonly from: number;
  readonly to: number;
  readonly code: string;
  readonly message: string;
  readonly severity: 'warning' | 'info' | 'hint';
  readonly fixes: readonly Fix[];
  /** Whether the server was asked what can be done about it, since it was published last. */
  readonly isAsked: boolean;
  /** As the server sent it, to be asked about. */
  readonly sent: unknown;
}

export const setFindings = StateEffect.define<readonly Finding[]>();

/** The findings of the text, in its order. */
export const findings = StateField.define<readonly Finding[]>({
  create: () => [],
  update(value, transaction) {
    const kept = transaction.docChanged ? value.flatMap((one) => moved(one, transaction.changes) ?? []) : value;
    return transaction.effects.reduce(
      (found, effect) => (effect.is(setFindings) ? withKnownFixes(effect.value, found) : found),
      kept,
    );
  },
});

/** Return a finding where it is after a change; undefined if the change touches it. */
export function moved(finding: Finding, changes: ChangeDesc): Finding | undefined {
  const place = movedPlace(finding, changes);
  if (place === undefined) {
    return undefined;
  }
  const fixes = finding.fixes.flatMap((fix) => {
    const edits = fix.changes.flatMap((edit) => ({ ...edit, ...movedPlace(edit, changes) }));
    return fix.changes.every((edit) => movedPlace(edit, changes) !== undefined) ? [{ ...fix, changes: edits }] : [];
  });
  return { ...finding, ...place, fixes };
}

function movedPlace(
  { from, to }: { readonly from: number; readonly to: number },
  changes: ChangeDesc,
): { from: number; to: number } | undefined {
  if (changes.touchesRange(from, to) !== false) {
    return undefined;
  }
  const start = changes.mapPos(from, 1, MapMode.TrackDel);
  const end = changes.mapPos(to, -1, MapMode.TrackDel);
  return start === null || end === null || end < start ? undefined : { from: start, to: end };
}

/** Keep what can be done about a finding that is published again, until the server is asked anew. */
function withKnownFixes(found: readonly Finding[], known: readonly Finding[]): readonly Finding[] {
  return found.map((one) => {
    const before = known.find(({ from, to, message }) => from === one.from && to === one.to && message === one.message);
    return !one.isAsked && before !== undefined ? { ...one, fixes: before.fixes } : one;
  });
}
