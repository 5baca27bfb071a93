// Bundles the extension into one file, the page of the profile into another, and writes the licences of what went into it.
import { writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { bundledPackages, notice } from './notices.mjs';

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
