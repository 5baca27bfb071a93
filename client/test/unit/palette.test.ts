import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import manifest from '../../package.json';
import { BAND_STYLES, cssVariable } from '../../src/heat/palette';

type Rgb = readonly [number, number, number];
type Scheme = keyof (typeof manifest.contributes.colors)[number]['defaults'];

/** Backgrounds of the themes that come with VS Code, and of some that many people use. */
const PAGES: Readonly<Record<Scheme, readonly string[]>> = {
  dark: ['#1f1f1f', '#1e1e1e', '#272822', '#282c34', '#282a36', '#002b36', '#000c18'],
  light: ['#ffffff', '#fdf6e3', '#f5f5f5', '#eeeeee'],
  highContrast: ['#000000'],
  highContrastLight: ['#ffffff'],
};
/** WCAG 2.2: 1.4.3 for text, 1.4.6 where somebody has asked for high contrast. */
const LEAST_CONTRAST: Readonly<Record<Scheme, number>> = {
  dark: 4.5,
  light: 4.5,
  highContrast: 7,
  highContrastLight: 7,
};
/** As much as can be seen side by side; the lines under the words are there for what can not. */
const LEAST_STEP = 1.08;
const SCHEMES = Object.keys(PAGES) as Scheme[];

/** Matrices of Machado, Oliveira and Fernandes (2009) for linear RGB, severity 1. */
const EYES: Readonly<Record<string, readonly (readonly [number, number, number])[]>> = {
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

test('the words of every band can be read on every background', () => {
  for (const scheme of SCHEMES) {
    for (const page of PAGES[scheme]) {
      for (const { background, foreground, band } of BAND_STYLES) {
        const found = contrast(rgb(color(foreground, scheme)), over(color(background, scheme), page));
        assert.ok(LEAST_CONTRAST[scheme] <= found, `${scheme} ${page} band ${String(band)}: ${String(found)}`);
      }
    }
  }
});

test('the lightness of the bands goes one way only, away from the page', () => {
  for (const scheme of SCHEMES) {
    for (const page of PAGES[scheme]) {
      const ramp = bandsOn(page, scheme).map(luminance);
      const direction = scheme === 'dark' || scheme === 'highContrast' ? 1 : -1;
      for (const [index, value] of ramp.slice(1).entries()) {
        assert.ok(0 < direction * (value - (ramp[index] ?? 0)), `${scheme} ${page} band ${String(index + 2)}`);
      }
    }
  }
});

test('neighbouring bands differ in lightness to eyes that lack a kind of cone', () => {
  for (const scheme of SCHEMES) {
    for (const [name, eye] of Object.entries(EYES)) {
      const ramp = bandsOn(PAGES[scheme][0] ?? '', scheme).map((band) => luminance(seenBy(eye, band)));
      for (const [index, value] of ramp.slice(1).entries()) {
        const found = ratio(value, ramp[index] ?? 0);
        assert.ok(LEAST_STEP <= found, `${scheme} ${name} band ${String(index + 2)}: ${String(found)}`);
      }
    }
  }
});

test('the lines of the profile stand out from the page', () => {
  for (const scheme of SCHEMES) {
    for (const page of PAGES[scheme]) {
      for (const name of ['ppl.profileMean', 'ppl.profileHighest']) {
        assert.ok(3 <= contrast(rgb(color(name, scheme)), rgb(page)), `${scheme} ${page} ${name}`);
      }
    }
  }
});

test('every band has a line of its own, and none looks like the squiggle of a finding', () => {
  const lines = BAND_STYLES.map(({ line }) => line);
  assert.equal(new Set(lines).size, lines.length);
  assert.ok(lines.every((line) => !line.includes('wavy')));
});

test('the colours are those of the report', () => {
  const source = readFileSync('../ppl_engine/report/palette.py', 'utf8');
  for (const [scheme, name] of [
    ['light', 'LIGHT'],
    ['dark', 'DARK'],
  ] as const) {
    const theme = new RegExp(`^${name}: Final = Theme\\(\\n(.*?)^\\)`, 'ms').exec(source)?.[1] ?? '';
    const swatches = [...theme.matchAll(/Swatch\("(#\w{6})", "(#\w{6})"\)/g)].map(([, ...pair]) => pair);
    const ours = BAND_STYLES.map(({ background, foreground }) => [
      color(background, scheme).slice(0, 7),
      color(foreground, scheme),
    ]);
    assert.deepEqual(ours, swatches);
    assert.equal(color('ppl.profileMean', scheme), /mean="(#\w{6})"/.exec(theme)?.[1]);
    assert.equal(color('ppl.profileHighest', scheme), /information="(#\w{6})"/.exec(theme)?.[1]);
  }
});

test('a theme colour is a variable of stylesheets', () => {
  assert.equal(cssVariable('ppl.surprise3Foreground'), 'var(--vscode-ppl-surprise3Foreground)');
});

function color(id: string, scheme: Scheme): string {
  const declared = manifest.contributes.colors.find((each) => each.id === id);
  assert.ok(declared, id);
  return declared.defaults[scheme];
}

function bandsOn(page: string, scheme: Scheme): Rgb[] {
  return BAND_STYLES.map(({ background }) => over(color(background, scheme), page));
}

/** Return the colour of `#rrggbb` as linear numbers from 0 to 1. */
function rgb(hex: string): Rgb {
  return map(channels(hex), linear);
}

/** Return what is seen of `#rrggbbaa` on a page; editors blend without going to linear light. */
function over(hex: string, page: string): Rgb {
  const alpha = hex.length === 9 ? parseInt(hex.slice(7), 16) / 255 : 1;
  const below = channels(page);
  return map(channels(hex), (value, index) => linear(alpha * value + (1 - alpha) * (below[index] ?? 0)));
}

function channels(hex: string): Rgb {
  return map([1, 3, 5], (start) => parseInt(hex.slice(start, start + 2), 16) / 255);
}

function linear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function luminance([red, green, blue]: Rgb): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: Rgb, other: Rgb): number {
  return ratio(luminance(one), luminance(other));
}

function ratio(one: number, other: number): number {
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

function seenBy(eye: readonly (readonly [number, number, number])[], [red, green, blue]: Rgb): Rgb {
  const seen = eye.map(([r, g, b]) => Math.min(1, Math.max(0, r * red + g * green + b * blue)));
  return [seen[0] ?? 0, seen[1] ?? 0, seen[2] ?? 0];
}

function map([one, two, three]: Rgb, change: (value: number, index: number) => number): Rgb {
  return [change(one, 0), change(two, 1), change(three, 2)];
}
