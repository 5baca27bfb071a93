import { languages, window, type TextDocument } from 'vscode';

const LANGUAGES = [
  'markdown',
  'plaintext',
  'mdx',
  'restructuredtext',
  'asciidoc',
  'latex',
  'tex',
  'html',
  'git-commit',
];

// Schemes are named because one text appears under several: past versions in the source control view
// (`git`), logs (`output`) and comments are not what the user is writing.
const SCHEMES = ['file', 'untitled', 'vscode-vfs'];

// Named by the scheme, since what else tells of a notebook is called otherwise in the protocol and in the editor.
const CELLS = { scheme: 'vscode-notebook-cell', language: 'markdown' };

/** The documents that are sent to the server. */
export const DOCUMENTS = [
  ...SCHEMES.flatMap((scheme) => LANGUAGES.map((language) => ({ scheme, language }))),
  CELLS,
];

/** Whether a document is sent to the server. */
export function isScorable(document: TextDocument): boolean {
  return 0 < languages.match(DOCUMENTS, document);
}

/** Whether something that is sent to the server is visible; a cell that is only read has no editor. */
export function isAnyVisible(): boolean {
  const cells = window.visibleNotebookEditors.flatMap(({ notebook }) => notebook.getCells());
  return [...window.visibleTextEditors, ...cells].some(({ document }) => isScorable(document));
}
