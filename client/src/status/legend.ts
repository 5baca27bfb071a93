/** The legend of the heat map, as Markdown with the few HTML styles that VS Code lets through. */
import { MODE_TITLES, type Mode } from '../heat/mode';
import { BAND_STYLES, cssVariable } from '../heat/palette';

/** Return the legend; in mode off there is nothing to explain but the mode. */
export function legend(mode: Mode): string {
  const title = `Heat map: ${MODE_TITLES[mode]}`;
  if (mode === 'off') {
    return title;
  }
  return `${title}<br>mild ${BAND_STYLES.map(swatch).join(' ')} strongest`;
}

function swatch({ band, background, foreground, lineName }: (typeof BAND_STYLES)[number]): string {
  const style = `color:${cssVariable(foreground)};background-color:${cssVariable(background)};`;
  return `<span style="${style}">&nbsp;${String(band)} ${lineName}&nbsp;</span>`;
}
