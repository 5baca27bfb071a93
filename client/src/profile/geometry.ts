/**
 * Where the things of a profile lie in a plot.
 *
 * Across it runs the text, a word as wide as any other; a lane shows one figure of each point, from 0
 * at its bottom. Widths and heights are in pixels, from the upper left corner.
 */
import type { Lines } from '../heat/lines';
import type { ProfilePoint, ProfileSection, WirePosition } from '../protocol';

/** A stretch of the horizontal axis. */
export interface Extent {
  readonly left: number;
  readonly right: number;
}

/** The part of a plot that shows one figure. */
export interface Lane extends Extent {
  readonly top: number;
  readonly bottom: number;
}

export interface SectionExtent extends Extent {
  readonly section: ProfileSection;
}

/** Return where each point lies; points without words are as wide as one word. */
export function pointExtents(points: readonly ProfilePoint[], { left, right }: Extent): Extent[] {
  const widths = points.map(({ nWords }) => Math.max(1, nWords));
  const total = widths.reduce((sum, width) => sum + width, 0);
  let before = 0;
  return widths.map((width) => {
    const extent = {
      left: left + ((right - left) * before) / total,
      right: left + ((right - left) * (before + width)) / total,
    };
    before += width;
    return extent;
  });
}

/** Return the index of the point at `x`, or of the nearest; undefined if there is none. */
export function pointAt(extents: readonly Extent[], x: number): number | undefined {
  if (extents.length === 0) {
    return undefined;
  }
  const index = extents.findIndex(({ right }) => x < right);
  return index < 0 ? extents.length - 1 : index;
}

/** Return where a position of the document lies between the points. */
export function xOf(position: WirePosition, points: readonly ProfilePoint[], extents: readonly Extent[]): number {
  const index = points.findIndex(({ range }) => isBefore(position, range.end));
  const point = points[index];
  const extent = extents[index];
  if (point === undefined || extent === undefined) {
    return extents.at(-1)?.right ?? 0;
  }
  const { start, end } = point.range;
  if (!isBefore(start, position)) {
    return extent.left;
  }
  const nLines = end.line - start.line;
  const share =
    nLines === 0
      ? (position.character - start.character) / (end.character - start.character)
      : (position.line - start.line) / nLines;
  return extent.left + (extent.right - extent.left) * share;
}

/** Return where the sections lie: each up to where the next begins. */
export function sectionExtents(
  sections: readonly ProfileSection[],
  points: readonly ProfilePoint[],
  extents: readonly Extent[],
): SectionExtent[] {
  const starts = sections.map(({ range }) => xOf(range.start, points, extents));
  const end = extents.at(-1)?.right ?? 0;
  return sections.map((section, index) => {
    const left = starts[index] ?? end;
    return { section, left, right: Math.max(left, starts[index + 1] ?? end) };
  });
}

/** Return the stretch of the plot that some lines make up. */
export function linesExtent(
  { first, last }: Lines,
  points: readonly ProfilePoint[],
  extents: readonly Extent[],
): Extent {
  return {
    left: xOf({ line: first, character: 0 }, points, extents),
    right: xOf({ line: last + 1, character: 0 }, points, extents),
  };
}

/** A scale from 0 to its top, and the step between its marks. */
export interface Scale {
  readonly top: number;
  readonly step: number;
}

/** Return a scale that holds all values, with a little room above them. */
export function scale(values: readonly (number | null)[]): Scale {
  const highest = Math.max(1, ...values.filter((value) => value !== null));
  const rough = highest / 4;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * magnitude).find((candidate) => rough <= candidate) ?? rough;
  return { top: 1.05 * highest, step };
}

/** Return the marks of a scale, from 0 up. */
export function marks({ top, step }: Scale): number[] {
  return Array.from({ length: Math.floor(top / step) + 1 }, (_, index) => index * step);
}

/** Return the height at which a value lies in a lane. */
export function yOf(value: number, top: number, lane: Lane): number {
  return lane.bottom - ((lane.bottom - lane.top) * value) / top;
}

/** Return the SVG path of a line in steps; it is interrupted where there is no value. */
export function steps(
  values: readonly (number | null)[],
  extents: readonly Extent[],
  top: number,
  lane: Lane,
): string {
  let isDrawing = false;
  const parts: string[] = [];
  for (const [index, value] of values.entries()) {
    const extent = extents[index];
    if (value === null || extent === undefined) {
      isDrawing = false;
      continue;
    }
    const y = rounded(yOf(value, top, lane));
    parts.push(`${isDrawing ? 'L' : 'M'}${rounded(extent.left)} ${y}L${rounded(extent.right)} ${y}`);
    isDrawing = true;
  }
  return parts.join('');
}

/** Return the SVG path of bars from the bottom of a lane. */
export function bars(
  values: readonly (number | null)[],
  extents: readonly Extent[],
  top: number,
  lane: Lane,
): string {
  return values
    .map((value, index) => {
      const extent = extents[index];
      if (value === null || extent === undefined) {
        return '';
      }
      const corners = `V${rounded(yOf(value, top, lane))}H${rounded(extent.right)}V${rounded(lane.bottom)}Z`;
      return `M${rounded(extent.left)} ${rounded(lane.bottom)}${corners}`;
    })
    .join('');
}

function isBefore(one: WirePosition, other: WirePosition): boolean {
  return one.line < other.line || (one.line === other.line && one.character < other.character);
}

/** A tenth of a pixel is more than anybody sees. */
function rounded(pixels: number): string {
  return String(Math.round(pixels * 10) / 10);
}
