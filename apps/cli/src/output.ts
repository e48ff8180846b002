import { once } from 'node:events';

const CHUNK_CHARACTERS = 65_536;

/** Writes lines to standard output, waiting where the reader is slower, and ends quietly when it has gone (`| head`). */
export async function writeLines(lines: Iterable<string>): Promise<void> {
  endWithReader();
  for (const chunk of joined(lines, CHUNK_CHARACTERS)) await write(chunk);
}

/** The same for text that is joined already. */
export async function writeChunks(chunks: AsyncIterable<string | Uint8Array>): Promise<void> {
  endWithReader();
  for await (const chunk of chunks) await write(chunk);
}

/** Lines as texts of at least `characters`, so that each is written, or handed on, at once. */
export function* joined(lines: Iterable<string>, characters: number): Generator<string> {
  let chunk = '';
  for (const line of lines) {
    chunk += `${line}\n`;
    if (chunk.length < characters) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}

function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

async function write(chunk: string | Uint8Array): Promise<void> {
  if (!process.stdout.write(chunk)) await once(process.stdout, 'drain');
}
