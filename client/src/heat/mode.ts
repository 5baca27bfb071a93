/** How much of the heat map is drawn. */
import type { HeatBand, WirePosition, WireRange } from '../protocol';

export const MODES = ['off', 'findings', 'full'] as const;
export type Mode = (typeof MODES)[number];

/** What each mode is called in menus. */
export const MODE_TITLES: Readonly<Record<Mode, string>> = {
  off: 'off',
  findings: 'findings only',
  full: 'full',
};

/** Return a mode for a setting, whose value may be anything. */
export function asMode(value: unknown): Mode {
  return MODES.find((mode) => mode === value) ?? 'off';
}

/** Return the mode that the toggle leads to: all or nothing, whichever is not there. */
export function toggled(mode: Mode): Mode {
  return mode === 'full' ? 'off' : 'full';
}

/** Return the bands to draw; `findings` are the ranges of what the server found, in any order. */
export function drawn(mode: Mode, bands: readonly HeatBand[], findings: readonly WireRange[]): readonly HeatBand[] {
  if (mode === 'off') {
    return [];
  }
  if (mode === 'full') {
    return bands;
  }
  return bands.filter(({ range }) => findings.some((finding) => overlap(range, finding)));
}

function overlap(one: WireRange, other: WireRange): boolean {
  return isBefore(one.start, other.end) && isBefore(other.start, one.end);
}

function isBefore(one: WirePosition, other: WirePosition): boolean {
  return one.line < other.line || (one.line === other.line && one.character < other.character);
}
