import path from 'node:path';

/** The folder of this program, whether it runs from sources or from `dist`. */
export function programFolder(): string {
  return import.meta.dirname.replace(/[\\/](?:dist[\\/])?apps[\\/]cli[\\/]src$/, '');
}

/** Where the embedded form keeps its data. */
export function homeFolder(): string {
  return path.join(programFolder(), '.fineline');
}
