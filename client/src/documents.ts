import { languages, type TextDocument } from 'vscode';

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
// (`git`), logs (`output`), cells and comments are not what the user is writing.
const SCHEMES = ['file', 'untitled', 'vscode-vfs'];

/** The documents that are sent to the server. */
export const DOCUMENTS = SCHEMES.flatMap((scheme) => LANGUAGES.map((language) => ({ scheme, language })));

/** Whether a document is sent to the server. */
export function isScorable(document: TextDocument): boolean {
  return 0 < languages.match(DOCUMENTS, document);
}
