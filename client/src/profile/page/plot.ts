/** Draws a profile as SVG. All text goes in as text, never as markup. */
import type { Lines } from '../../heat/lines';
import type { Profile, WirePosition } from '../../protocol';
import {
  bars,
  linesExtent,
  marks,
  pointAt,
  pointExtents,
  scale,
  sectionExtents,
  steps,
  xOf,
  yOf,
  type Extent,
  type Lane,
  type SectionExtent,
} from '../geometry';
import { figure, fitting } from '../words';

const SVG = 'http://www.w3.org/2000/svg' as const;
/** The heights above the plot for titles of sections, and above a lane for its name. */
const TITLE = 16;
const NAME = 14;
const LEFT = 34;
const RIGHT = 8;

/** A drawn profile. */
export class Plot {
  readonly extents: readonly Extent[];
  readonly sections: readonly SectionExtent[];
  readonly #svg: SVGElement;
  readonly #profile: Profile;
  readonly #height: number;
  readonly #cursor: SVGElement;
  readonly #view: SVGElement;

  constructor(svg: SVGElement, profile: Profile) {
    const width = Math.max(200, svg.clientWidth);
    this.#height = Math.max(90, svg.clientHeight);
    const across = { left: LEFT, right: width - RIGHT };
    this.#svg = svg;
    this.#profile = profile;
    this.extents = pointExtents(profile.points, across);
    this.sections = sectionExtents(profile.sections, profile.points, this.extents);
    svg.replaceChildren();
    svg.setAttribute('viewBox', `0 0 ${String(width)} ${String(this.#height)}`);
    this.#drawSections();
    const mean = profile.points.map(({ bitsPerWord }) => bitsPerWord);
    const most = profile.points.map(({ maxSurprisalBits }) => maxSurprisalBits);
    const [upper, lower] = this.#lanes(across);
    this.#drawLane('bits per word', 'mean', mean, upper, steps);
    this.#drawLane('most surprising word, bits', 'most', most, lower, bars);
    const marker = { y: TITLE, height: this.#height - TITLE - 1, width: 0 };
    this.#view = this.#add('rect', { class: 'view', ...marker });
    this.#cursor = this.#add('rect', { class: 'cursor', ...marker });
  }

  /** Return the index of the point under a place of the window. */
  pointUnder(clientX: number): number | undefined {
    return pointAt(this.extents, clientX - this.#svg.getBoundingClientRect().left);
  }

  /** Return the index of the point that holds a position. */
  pointOf(position: WirePosition): number | undefined {
    return pointAt(this.extents, xOf(position, this.#profile.points, this.extents));
  }

  /** Return the title of the section that a point begins in. */
  sectionOf(index: number): string {
    const x = this.extents[index]?.left ?? 0;
    return this.sections.findLast(({ left }) => left <= x)?.section.title ?? '';
  }

  showCursor(index: number | undefined): void {
    place(this.#cursor, index === undefined ? undefined : this.extents[index]);
  }

  showLines(lines: Lines): void {
    place(this.#view, linesExtent(lines, this.#profile.points, this.extents));
  }

  /** Divide the height between the figures, of which the first is read more closely. */
  #lanes(across: Extent): [upper: Lane, lower: Lane] {
    const room = this.#height - TITLE - 2 * NAME - 4;
    const top = TITLE + NAME;
    const middle = top + Math.round(room * 0.62);
    return [
      { ...across, top, bottom: middle },
      { ...across, top: middle + NAME, bottom: this.#height - 4 },
    ];
  }

  #drawSections(): void {
    for (const [index, { section, left, right }] of this.sections.entries()) {
      const extent = { x: left, width: right - left };
      this.#add('rect', { class: index % 2 === 0 ? 'section' : 'section odd', y: 0, height: this.#height, ...extent });
      const label = this.#add('text', { class: 'title', x: left + 3, y: 11 });
      label.textContent = fitting(section.title, right - left - 6);
    }
  }

  #drawLane(
    name: string,
    kind: string,
    values: readonly (number | null)[],
    lane: Lane,
    path: typeof steps,
  ): void {
    const axis = scale(values);
    const all = marks(axis);
    for (const [index, mark] of all.entries()) {
      const y = yOf(mark, axis.top, lane);
      this.#add('line', { class: 'grid', x1: lane.left, x2: lane.right, y1: y, y2: y });
      const isCrowded = lane.bottom - lane.top < 70 && index !== 0 && index !== all.length - 1;
      if (!isCrowded) {
        this.#add('text', { class: 'mark', x: lane.left - 4, y: y + 3 }).textContent = figure(mark, axis.step < 1 ? 1 : 0);
      }
    }
    this.#add('path', { class: kind, d: path(values, this.extents, axis.top, lane) });
    this.#add('text', { class: 'lane', x: lane.left + 3, y: lane.top - 3 }).textContent = name;
  }

  #add(name: keyof SVGElementTagNameMap, attributes: Readonly<Record<string, string | number>>): SVGElement {
    const element: SVGElement = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) {
      element.setAttribute(key, String(value));
    }
    this.#svg.append(element);
    return element;
  }
}

function place(rectangle: SVGElement, extent: Extent | undefined): void {
  rectangle.setAttribute('x', String(extent?.left ?? 0));
  rectangle.setAttribute('width', String(extent === undefined ? 0 : Math.max(2, extent.right - extent.left)));
}
