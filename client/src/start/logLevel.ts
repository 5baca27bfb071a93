/** The levels of the lines that the server writes to its log. */

export type Level = 'debug' | 'info' | 'warn' | 'error';

const LEVELS: Readonly<Record<string, Level>> = {
  DEBUG: 'debug',
  INFO: 'info',
  WARNING: 'warn',
  ERROR: 'error',
  CRITICAL: 'error',
};

/** Return the level of a line: after date and time, as the server's log has it; of anything else, info. */
export function levelOf(line: string): Level {
  const word = /^\S+ \S+ ([A-Z]+) /.exec(line)?.[1] ?? '';
  return LEVELS[word] ?? 'info';
}
