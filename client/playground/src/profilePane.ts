/** The profile below the findings: the plot of the VS Code client, and its table of sections. */
import type { Profile, ProfileSection, WirePosition } from '../../src/protocol';
import { Plot } from '../../src/profile/page/plot';
import { pointLine, sectionCells } from '../../src/profile/words';
import type { Lines } from '../../src/heat/lines';
import { button, element, labelled } from './page';

/** Draws profiles and leads to what somebody points at. */
export class ProfilePane {
  readonly #svg = element('plot') as unknown as SVGElement;
  #profile: Profile | undefined;
  #plot: Plot | undefined;
  #lines: Lines | undefined;
  #cursor: number | undefined;

  constructor(readonly jump: (position: WirePosition) => void) {
    this.#svg.addEventListener('pointermove', ({ clientX }) => {
      this.#pointTo(this.#plot?.pointUnder(clientX));
    });
    this.#svg.addEventListener('pointerleave', () => {
      this.#pointTo(undefined);
    });
    this.#svg.addEventListener('click', ({ clientX }) => {
      this.#pointTo(this.#plot?.pointUnder(clientX));
      this.#jumpToCursor();
    });
    this.#svg.addEventListener('keydown', (event) => {
      this.#key(event);
    });
    new ResizeObserver(() => {
      this.#redraw();
    }).observe(element('profile'));
  }

  draw(profile: Profile): void {
    const isThere = profile.isScored && 0 < profile.points.length;
    this.#profile = isThere ? profile : undefined;
    element('profile').hidden = !isThere;
    element('profile').classList.remove('stale');
    element('profile-message').textContent = isThere ? '' : absence(profile);
    element('sections').replaceChildren(...profile.sections.map((section) => this.#row(section)));
    this.#redraw();
  }

  /** Show that what is drawn is of an older text. */
  age(): void {
    element('profile').classList.add('stale');
  }

  showLines(lines: Lines): void {
    this.#lines = lines;
    this.#plot?.showLines(lines);
  }

  #redraw(): void {
    this.#plot = this.#profile && new Plot(this.#svg, this.#profile);
    this.#pointTo(undefined);
    if (this.#lines !== undefined) {
      this.#plot?.showLines(this.#lines);
    }
  }

  #key(event: KeyboardEvent): void {
    const last = (this.#profile?.points.length ?? 0) - 1;
    const at = this.#cursor;
    const targets = new Map([
      ['ArrowLeft', (at ?? 1) - 1],
      ['ArrowRight', (at ?? -1) + 1],
      ['Home', 0],
      ['End', last],
    ]);
    const target = targets.get(event.key);
    if (target !== undefined) {
      event.preventDefault();
      this.#pointTo(Math.min(Math.max(target, 0), last));
    } else if (event.key === 'Enter') {
      this.#jumpToCursor();
    }
  }

  #pointTo(index: number | undefined): void {
    const point = index === undefined ? undefined : this.#profile?.points[index];
    this.#cursor = point === undefined ? undefined : index;
    this.#plot?.showCursor(this.#cursor);
    element('readout').textContent =
      point === undefined || index === undefined
        ? 'Point at the plot for its numbers; click to go there.'
        : pointLine(point, this.#plot?.sectionOf(index) ?? '');
  }

  #jumpToCursor(): void {
    const point = this.#cursor === undefined ? undefined : this.#profile?.points[this.#cursor];
    if (point !== undefined) {
      this.jump(point.range.start);
    }
  }

  #row(section: ProfileSection): HTMLTableRowElement {
    const row = document.createElement('tr');
    const head = document.createElement('th');
    head.scope = 'row';
    head.className = `level${String(Math.min(section.level, 4))}`;
    head.append(
      button(section.title || '(before the first heading)', () => {
        this.jump(section.range.start);
      }),
    );
    row.append(head, ...sectionCells(section).map((text) => labelled('td', text)));
    return row;
  }
}

/** Return what stands where no profile is. */
export function absence({ isScored, message }: Pick<Profile, 'isScored' | 'message'>): string {
  if (isScored) {
    return 'There are no words to plot.';
  }
  return message.includes('scoring') ? 'Drawn when all of the text is scored.' : message;
}
