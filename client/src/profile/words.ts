/** The figures of a profile in words. */
import type { HeatSummary, ProfilePoint, ProfileSection } from '../protocol';

/** Return a figure with one decimal; a dash where it is not known. */
export function figure(value: number | null, nDecimals = 1): string {
  return value === null ? '–' : value.toFixed(nDecimals);
}

/** Return the line above the plot. */
export function summaryLine(title: string, summary: HeatSummary | null): string {
  if (summary === null) {
    return title;
  }
  return [
    title,
    `perplexity ${figure(summary.perplexity)}`,
    `${figure(summary.bitsPerWord)} bits per word`,
    `${figure(summary.bitsPerByte, 2)} bits per byte`,
    `${String(summary.nWords)} words`,
  ].join(' · ');
}

/** Return what is known of a point, for people who point at it and for screen readers. */
export function pointLine({ range, bitsPerWord, maxSurprisalBits }: ProfilePoint, section: string): string {
  const first = range.start.line + 1;
  const last = range.end.line + 1;
  return [
    first === last ? `line ${String(first)}` : `lines ${String(first)}–${String(last)}`,
    ...(section === '' ? [] : [section]),
    `${figure(bitsPerWord)} bits per word`,
    `most surprising word ${figure(maxSurprisalBits)} bits`,
  ].join(' · ');
}

/** Return the cells of a section after its title, in the order of the table's head. */
export function sectionCells(section: ProfileSection): string[] {
  return [
    String(section.nWords),
    figure(section.perplexity),
    figure(section.bitsPerWord),
    figure(section.bitsPerByte, 2),
    figure(section.maxSurprisalBits),
    String(section.nFindings),
  ];
}

/** Return as much of a title as fits, in letters of about six pixels. */
export function fitting(title: string, width: number): string {
  const room = Math.floor(width / 6);
  if (title.length <= room) {
    return title;
  }
  return room < 4 ? '' : `${title.slice(0, room - 1)}…`;
}
