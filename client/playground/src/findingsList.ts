/** The list of findings beside the text, with what can be done about each. */
import type { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { findings, type Finding, type Fix } from './findings';
import { button, element, labelled } from './page';

const SEVERITIES = { warning: 'likely mistake', info: 'worth a glance', hint: 'hint' } as const;
const MOST_SHOWN = 200;

/** Draws the findings of a state. */
export class FindingsList {
  #drawn: readonly Finding[] | undefined;
  #fixAll: Fix | undefined;

  constructor(readonly view: () => EditorView) {
    element('fix-all').addEventListener('click', () => {
      if (this.#fixAll !== undefined) {
        apply(this.view(), this.#fixAll);
      }
    });
  }

  draw(state: EditorState): void {
    const found = state.field(findings);
    if (found === this.#drawn) {
      return;
    }
    this.#drawn = found;
    const list = element('findings');
    const focused = focusedPlace(list);
    const opened = [...list.children].findIndex((item) => item.querySelector('details[open]') !== null);
    list.replaceChildren(...found.slice(0, MOST_SHOWN).map((finding) => this.#item(finding, state)));
    list.children[opened]?.querySelector('details')?.setAttribute('open', '');
    if (focused !== undefined) {
      list.querySelectorAll('button')[Math.min(focused, list.querySelectorAll('button').length - 1)]?.focus();
    }
    element('findings-title').textContent = found.length === 0 ? 'Findings' : `Findings (${String(found.length)})`;
    element('nothing-found').textContent = nothingSaid(found.length, state.doc.length);
  }

  showFixAll(fix: Fix | undefined): void {
    this.#fixAll = fix;
    const all = element('fix-all');
    all.hidden = fix === undefined;
    all.textContent = fix?.title ?? '';
  }

  /** Go to what can be done about the finding at the cursor; return whether there is one. */
  focusFix(): boolean {
    const { head } = this.view().state.selection.main;
    const index = this.#drawn?.findIndex(({ from, to }) => from <= head && head <= to) ?? -1;
    const item = element('findings').children[index];
    item?.querySelector<HTMLElement>('.fix')?.focus();
    return item !== undefined;
  }

  #item(finding: Finding, state: EditorState): HTMLLIElement {
    const item = document.createElement('li');
    item.className = finding.severity;
    const line = state.doc.lineAt(finding.from);
    const place = `line ${String(line.number)}`;
    const go = button(`${SEVERITIES[finding.severity]} · ${place}`, () => {
      select(this.view(), finding);
    });
    go.className = 'go';
    item.append(go, labelled('p', finding.message));
    const replacing = finding.fixes.filter((fix) => isReplacing(fix, finding));
    item.append(this.#buttons(replacing));
    const others = finding.fixes.filter((fix) => !replacing.includes(fix));
    if (0 < others.length) {
      const more = document.createElement('details');
      const summary = document.createElement('summary');
      summary.textContent = 'It is right: ignore…';
      summary.className = replacing.length === 0 ? 'fix' : '';
      more.append(summary, this.#buttons(others));
      item.append(more);
    }
    return item;
  }

  #buttons(fixes: readonly Fix[]): HTMLDivElement {
    const group = document.createElement('div');
    group.className = 'fixes';
    for (const fix of fixes) {
      const one = button(fix.title, () => {
        apply(this.view(), fix);
      });
      one.className = fix.isPreferred ? 'fix preferred' : 'fix';
      group.append(one);
    }
    return group;
  }
}

/** Whether something else is put in the place of what was found; what ignores it writes elsewhere. */
export function isReplacing({ changes }: Fix, { from, to }: Finding): boolean {
  return changes.every((change) => from <= change.from && change.to <= to && change.from < change.to);
}

/** Return what stands where no findings are. */
export function nothingSaid(nFindings: number, nCharacters: number): string {
  if (0 < nFindings) {
    return '';
  }
  return nCharacters === 0 ? 'Type or paste a text, or drop a file on it.' : 'Nothing found, as far as it is scored.';
}

function apply(view: EditorView, fix: Fix): void {
  view.dispatch({ changes: [...fix.changes], userEvent: 'input.fix', scrollIntoView: false });
}

function select(view: EditorView, { from, to }: Finding): void {
  view.focus(); // before, since it takes back a scroll to the first line
  // Into the middle: at the edge there would be no room for what the editor says of it.
  const scroll = EditorView.scrollIntoView(from, { y: 'center' });
  view.dispatch({ selection: { anchor: from, head: to }, effects: scroll });
}

function focusedPlace(list: HTMLElement): number | undefined {
  const index = [...list.querySelectorAll('button')].findIndex((one) => one === document.activeElement);
  return index < 0 ? undefined : index;
}
