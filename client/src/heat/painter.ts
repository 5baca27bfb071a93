/** Draws bands into an editor. */
import { DecorationRangeBehavior, Range, ThemeColor, window, type Disposable, type TextEditor } from 'vscode';
import type { HeatBand } from '../protocol';
import { BAND_STYLES } from './palette';

export class Painter implements Disposable {
  readonly #types = BAND_STYLES.map(({ background, foreground, line }) =>
    window.createTextEditorDecorationType({
      backgroundColor: new ThemeColor(background),
      color: new ThemeColor(foreground),
      textDecoration: line,
      rangeBehavior: DecorationRangeBehavior.ClosedClosed,
    }),
  );

  /** Replace what is drawn in an editor. */
  paint(editor: TextEditor, bands: readonly HeatBand[]): void {
    for (const [index, type] of this.#types.entries()) {
      const words = bands.filter(({ band }) => band === index + 1);
      editor.setDecorations(
        type,
        words.map(({ range: { start, end } }) => new Range(start.line, start.character, end.line, end.character)),
      );
    }
  }

  dispose(): void {
    for (const type of this.#types) {
      type.dispose();
    }
  }
}
