/** What is opened, and in which language it is read. */

/** A text with a name. */
export interface Opened {
  readonly name: string;
  readonly text: string;
}

/** More than anybody reads at a time; the server would take twice as much. */
export const MOST_BYTES = 2_000_000;

const LANGUAGES: Readonly<Record<string, string>> = {
  txt: 'plaintext',
  text: 'plaintext',
  mdx: 'mdx',
  rst: 'restructuredtext',
  adoc: 'asciidoc',
  tex: 'latex',
  html: 'html',
  htm: 'html',
  py: 'python',
  js: 'javascript',
  ts: 'typescript',
  rs: 'rust',
  go: 'go',
  c: 'c',
  h: 'c',
  cpp: 'cpp',
  java: 'java',
  rb: 'ruby',
  sh: 'shellscript',
};

/** Return the protocol's name of the language of a file; of what is not known, Markdown. */
export function languageOf(name: string): string {
  const extension = /\.([^./]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(LANGUAGES, extension) ? (LANGUAGES[extension] ?? 'markdown') : 'markdown';
}

/** Return the address of a text; no two that are opened share one, so that no answer is taken for another. */
export function uriOf(name: string, nth: number): string {
  const wellFormed = name.replace(/\p{Surrogate}/gu, '\ufffd');
  return `playground:///${String(nth)}/${encodeURIComponent(wellFormed)}`;
}

/** Return why a file is not opened; undefined if it can be. */
export function objection(name: string, nBytes: number, text: string | undefined): string | undefined {
  if (MOST_BYTES < nBytes) {
    return `${name} is too large: ${(nBytes / 1e6).toFixed(1)} MB, of at most ${String(MOST_BYTES / 1e6)}.`;
  }
  return text?.includes('\0') === true ? `${name} is no text.` : undefined;
}
