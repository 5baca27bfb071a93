/** The five bands of heat as they are drawn: theme colours, and lines as a second cue. */

// Not wavy: so findings are marked.
const LINES = ['dotted', 'dashed', 'solid', 'double', 'solid 3px'] as const;
const LINE_NAMES = ['dotted', 'dashed', 'solid', 'double', 'thick'] as const;

/** The look of one band. */
export interface BandStyle {
  /** 1 (mild) to 5 (strongest). */
  readonly band: number;
  /** Theme colours of what lies behind the word, and of the word. */
  readonly background: string;
  readonly foreground: string;
  /** A value of the CSS property `text-decoration`; the line has the colour of the word. */
  readonly line: string;
  /** What the line is called in the legend. */
  readonly lineName: string;
}

export const BAND_STYLES: readonly BandStyle[] = LINES.map((line, index) => {
  const background = `ppl.surprise${String(index + 1)}`;
  return {
    band: index + 1,
    background,
    foreground: `${background}Foreground`,
    line: `underline ${line}`,
    lineName: LINE_NAMES[index] ?? '',
  };
});

/** Return the CSS by which VS Code offers a theme colour to stylesheets. */
export function cssVariable(color: string): string {
  return `var(--vscode-${color.replaceAll('.', '-')})`;
}
