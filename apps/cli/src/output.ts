import { once } from 'node:events';

const CHUNK_BYTES = 65_536;
/** A UTF-16 unit takes at most so many bytes of UTF-8. */
const MOST_BYTES = 3;

/** Writes lines to standard output, waiting where the reader is slower, and ends quietly when it has gone (`| head`). */
export function writeLines(lines: Iterable<string>): Promise<void> {
  return writePieces(ended(lines));
}

function* ended(lines: Iterable<string>): Generator<string> {
  for (const line of lines) yield `${line}\n`;
}

/**
 * The same for texts and pieces of UTF-8 that follow one another. Each is written for itself: joined into one string, a few
 * characters beyond ASCII would make all of it slow to encode.
 */
export async function writePieces(pieces: Iterable<string | Uint8Array>): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  let chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let used = 0;
  for (const piece of pieces) {
    const size = typeof piece === 'string' ? piece.length * MOST_BYTES : piece.length;
    if (used + size > chunk.length) {
      await write(chunk.subarray(0, used));
      chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      used = 0;
    }
    if (size > CHUNK_BYTES) await write(piece);
    else if (typeof piece === 'string') used += chunk.write(piece, used);
    else {
      chunk.set(piece, used);
      used += piece.length;
    }
  }
  await write(chunk.subarray(0, used));
}

async function write(piece: string | Uint8Array): Promise<void> {
  if (!process.stdout.write(piece)) await once(process.stdout, 'drain');
}
