// Bundles the page of the playground into the server's package, with the licences of what went into it
// and a list of what it was made from. `node playground/build.mjs FOLDER` builds elsewhere.
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundledPackages, notice } from '../notices.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const client = dirname(here);
const root = dirname(client);
const out = resolve(process.argv[2] ?? join(root, 'server/ppl_lsp/playground/static'));
const COPIED = ['index.html', 'playground.css', 'icon.svg'];

const { metafile } = await build({
  absWorkingDir: client,
  entryPoints: ['playground/src/main.ts'],
  outfile: join(out, 'playground.js'),
  bundle: true,
  platform: 'browser',
  format: 'esm',
  target: ['chrome120', 'firefox121', 'safari17'],
  loader: { '.md': 'text' },
  charset: 'utf8',
  legalComments: 'none', // all of them are in the notices
  minify: true,
  metafile: true,
  logLevel: 'warning',
});
mkdirSync(out, { recursive: true });
for (const name of COPIED) {
  copyFileSync(join(here, name), join(out, name));
}
const packages = bundledPackages(metafile).map((folder) => join(client, folder));
writeFileSync(join(out, 'THIRD_PARTY_NOTICES.txt'), packages.map(notice).join('\n'));
writeFileSync(join(out, 'made_from.json'), `${JSON.stringify(inputs(), undefined, 2)}\n`);

/** What tells without a build whether this one is of the sources that are there. */
function inputs() {
  const ours = Object.keys(metafile.inputs).filter((path) => !path.includes('node_modules'));
  const files = [...ours.map((path) => resolve(client, path)), ...COPIED.map((name) => join(here, name))];
  const named = files.map((path) => [relative(root, path).replaceAll('\\', '/'), digest(path)]).sort();
  const versions = packages.map((folder) => {
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return [name, version];
  });
  return { files: Object.fromEntries(named), packages: Object.fromEntries(versions) };
}

function digest(path) {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
