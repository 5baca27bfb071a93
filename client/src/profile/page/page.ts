/** The script of the profile's page: draws what it is told, and tells which place was chosen. */
import type { Lines } from '../../heat/lines';
import type { ProfileSection, WirePosition } from '../../protocol';
import type { Draw, FromPage, ToPage } from '../messages';
import { Plot } from './plot';
import { pointLine, sectionCells, summaryLine } from '../words';

declare function acquireVsCodeApi(): { postMessage(message: FromPage): void };

const editor = acquireVsCodeApi();
const svg = element('plot') as unknown as SVGElement;
const readout = element('readout');

let drawn: Draw | undefined;
let plot: Plot | undefined;
let lines: Lines | undefined;
let cursor: number | undefined;

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  if (data.kind === 'draw') {
    draw(data);
  } else if (data.kind === 'say') {
    say(data.message);
  } else if (data.kind === 'look') {
    lines = data.lines;
    plot?.showLines(lines);
  } else {
    pointTo(plot?.pointOf(data.position));
  }
});
svg.addEventListener('pointermove', ({ clientX }) => {
  pointTo(plot?.pointUnder(clientX));
});
svg.addEventListener('pointerleave', () => {
  pointTo(undefined);
});
svg.addEventListener('click', ({ clientX }) => {
  pointTo(plot?.pointUnder(clientX));
  jumpToCursor();
});
svg.addEventListener('keydown', (event) => {
  const nPoints = drawn?.profile.points.length ?? 0;
  const target = { ArrowLeft: (cursor ?? 1) - 1, ArrowRight: (cursor ?? -1) + 1, Home: 0, End: nPoints - 1 }[event.key];
  if (target !== undefined) {
    event.preventDefault();
    pointTo(Math.min(Math.max(target, 0), nPoints - 1));
  } else if (event.key === 'Enter') {
    jumpToCursor();
  }
});
new ResizeObserver(() => {
  if (drawn !== undefined) {
    redraw(drawn);
  }
}).observe(document.body);
editor.postMessage({ kind: 'ready' });

function draw(message: Draw): void {
  drawn = message;
  element('message').textContent = '';
  element('profile').hidden = false;
  element('summary').textContent = summaryLine(message.title, message.profile.summary);
  element('sections').replaceChildren(...message.profile.sections.map(row));
  redraw(message);
}

function redraw({ profile }: Draw): void {
  plot = new Plot(svg, profile);
  pointTo(undefined);
  if (lines !== undefined) {
    plot.showLines(lines);
  }
}

function say(message: string): void {
  drawn = undefined;
  plot = undefined;
  element('profile').hidden = true;
  element('message').textContent = message;
}

function pointTo(index: number | undefined): void {
  const point = index === undefined ? undefined : drawn?.profile.points[index];
  cursor = point === undefined ? undefined : index;
  plot?.showCursor(cursor);
  readout.textContent =
    point === undefined || index === undefined ? '' : pointLine(point, plot?.sectionOf(index) ?? '');
}

function jumpToCursor(): void {
  const point = cursor === undefined ? undefined : drawn?.profile.points[cursor];
  if (point !== undefined) {
    jump(point.range.start);
  }
}

function jump(position: WirePosition): void {
  editor.postMessage({ kind: 'jump', position });
}

function row(section: ProfileSection): HTMLTableRowElement {
  const line = document.createElement('tr');
  const head = document.createElement('th');
  head.scope = 'row';
  head.className = `level${String(Math.min(section.level, 6))}`;
  const button = document.createElement('button');
  button.textContent = section.title === '' ? '(before the first heading)' : section.title;
  button.addEventListener('click', () => {
    jump(section.range.start);
  });
  head.append(button);
  line.append(head);
  for (const text of sectionCells(section)) {
    const cell = document.createElement('td');
    cell.textContent = text;
    line.append(cell);
  }
  return line;
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) {
    throw new Error(`the page has no ${id}`);
  }
  return found;
}
