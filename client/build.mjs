// Bundles the extension into one file, the page of the profile into another, and writes the licences of what went into it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const { metafile } = await build({
  entryPoints: ['src/extension.ts'],
  outfile: 'dist/extension.js',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20', // what VS Code 1.91 runs
  external: ['vscode'],
  minify: true,
  sourcemap: true,
  metafile: true,
});
await build({
  entryPoints: ['src/profile/page/page.ts'],
  outfile: 'dist/profile.js',
  bundle: true,
  platform: 'browser',
  format: 'iife',
  target: 'chrome124', // what VS Code 1.91 runs
  minify: true,
});
writeFileSync('dist/THIRD_PARTY_NOTICES.txt', bundledPackages(metafile).map(notice).join('\n'));

function bundledPackages(metafile) {
  const folders = Object.keys(metafile.inputs).map(
    (path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1],
  );
  return [...new Set(folders)].filter((folder) => folder !== undefined).sort();
}

function notice(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) {
    throw new Error(`${name} is bundled but has no licence file`);
  }
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
}
