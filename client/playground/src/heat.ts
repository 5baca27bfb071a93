/** The heat map as decorations: of what the server said of this text, moved along with it meanwhile. */
import { RangeSet, StateEffect, StateField, type Extension, type Range } from '@codemirror/state';
import { Decoration, EditorView, type DecorationSet } from '@codemirror/view';
import type { Mode } from '../../src/heat/mode';
import { findings } from './findings';

/** A word that is not calm. */
export interface HotWord {
  readonly from: number;
  readonly to: number;
  /** 1 (mild) to 5 (strongest). */
  readonly band: number;
  readonly surprisalBits: number;
}

/** What is now known of a part of the text; outside of it all stays as it is. */
export interface HeatOfPart {
  readonly from: number;
  readonly to: number;
  readonly words: readonly HotWord[];
}

export const setHeat = StateEffect.define<HeatOfPart>();
export const setMode = StateEffect.define<Mode>();

export const mode = StateField.define<Mode>({
  create: () => 'full',
  update: (value, { effects }) => effects.reduce((now, effect) => (effect.is(setMode) ? effect.value : now), value),
});

const words = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(value, transaction) {
    let known = value.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (effect.is(setHeat)) {
        const { from, to } = effect.value;
        known = known.update({
          filter: (start, end) => end <= from || to <= start,
          add: effect.value.words.filter((word) => word.from < word.to).map(decorated),
          sort: true,
        });
      }
    }
    return known;
  },
});

/** All that draws the heat map. */
export const heatMap: Extension = [
  mode,
  words,
  EditorView.decorations.compute([mode, words, findings], (state) => {
    const known = state.field(words);
    const drawn = state.field(mode);
    if (drawn === 'off') {
      return Decoration.none;
    }
    return drawn === 'full' ? known : within(known, state.field(findings));
  }),
];

const BANDS = [1, 2, 3, 4, 5].map((band) => Decoration.mark({ class: `heat h${String(band)}` }));

function decorated({ from, to, band }: HotWord): Range<Decoration> {
  const mark = BANDS[Math.min(Math.max(band, 1), BANDS.length) - 1] ?? Decoration.mark({});
  return mark.range(from, to);
}

function within(known: DecorationSet, found: readonly { readonly from: number; readonly to: number }[]): DecorationSet {
  const kept: Range<Decoration>[] = [];
  for (const { from, to } of found) {
    known.between(from, to, (start, end, mark) => {
      if (start < to && from < end) {
        kept.push(mark.range(start, end));
      }
    });
  }
  return RangeSet.of(kept, true);
}
