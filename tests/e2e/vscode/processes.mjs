// Processes, as `/proc` tells of them.
import { readdirSync, readFileSync } from 'node:fs';

// The installed command, or the module.
const SERVER = /bin\/ppl-lsp\0|ppl_lsp\0/;

/** The language servers that an editor has started. */
export function servers({ pid }) {
  return descendants(pid, SERVER);
}

/** The processes below one whose command line fits a pattern. */
function descendants(pid, pattern) {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const parent = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))[1]);
        return [{ pid: Number(name), parent, line: readFileSync(`/proc/${name}/cmdline`, 'utf8') }];
      } catch {
        return []; // It has ended in the meantime.
      }
    });
  const found = new Set([pid]);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const process of processes.filter(({ parent }) => found.has(parent))) {
      found.add(process.pid);
    }
  }
  return processes.filter((process) => found.has(process.pid) && pattern.test(process.line)).map((each) => each.pid);
}
