/** What the profile view and its page say to each other. */
import type { Profile, WirePosition } from '../protocol';
import type { Lines } from '../heat/lines';

/** A profile to draw. */
export interface Draw {
  readonly kind: 'draw';
  /** The name of the document. */
  readonly title: string;
  readonly profile: Profile;
}

/** Nothing to draw, and why. */
export interface Say {
  readonly kind: 'say';
  readonly message: string;
}

/** The lines that are visible in the editor. */
export interface Look {
  readonly kind: 'look';
  readonly lines: Lines;
}

/** A place to point at. */
export interface Point {
  readonly kind: 'point';
  readonly position: WirePosition;
}

export type ToPage = Draw | Say | Look | Point;

/** The page is there and can be told what to draw. */
export interface Ready {
  readonly kind: 'ready';
}

/** A place was chosen. */
export interface Jump {
  readonly kind: 'jump';
  readonly position: WirePosition;
}

export type FromPage = Ready | Jump;

/** Return what a page said if it is one of its messages. */
export function asFromPage(message: unknown): FromPage | undefined {
  const { kind, position } = asRecord(message);
  if (kind === 'ready') {
    return { kind };
  }
  const place = asPosition(position);
  return kind === 'jump' && place !== undefined ? { kind, position: place } : undefined;
}

/** Return the position that a value is, if it is one. */
export function asPosition(value: unknown): WirePosition | undefined {
  const { line, character } = asRecord(value);
  return isIndex(line) && isIndex(character) ? { line, character } : undefined;
}

/** Return where the range that a value is begins, if it is one. */
export function startOf(value: unknown): WirePosition | undefined {
  return asPosition(asRecord(value)['start']);
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function isIndex(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && 0 <= value;
}
