import { once } from 'node:events';

const CHUNK_CHARACTERS = 65_536;

/** Writes lines to standard output, waiting where the reader is slower, and ends quietly when it has gone (`| head`). */
export async function writeLines(lines: Iterable<string>): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  let chunk = '';
  for (const line of lines) {
    chunk += `${line}\n`;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    if (!process.stdout.write(chunk)) await once(process.stdout, 'drain');
    chunk = '';
  }
  process.stdout.write(chunk);
}
