import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { writeLines, writePieces } from './output.js';

let written: Buffer[];
beforeEach(() => {
  written = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((piece) => written.push(Buffer.from(piece)) > 0);
});
afterEach(() => {
  jest.restoreAllMocks();
  process.stdout.removeAllListeners('error');
});

const text = () => Buffer.concat(written).toString();

describe('writing to standard output', () => {
  it('joins texts and bytes of any length in their order, in few writes', async () => {
    const pieces = Array.from({ length: 3000 }, (_none, i) => (i % 3 === 0 ? Buffer.from(`仓${i}`) : `“${i}”,`));
    const long = '罚'.repeat(100_000);
    await writePieces([...pieces, long, 'end', Buffer.from(long), 'last']);
    expect(text()).toBe(`${pieces.map((piece) => piece.toString()).join('')}${long}end${long}last`);
    expect(written.length).toBeLessThan(20);
  });

  it('ends each line', async () => {
    await writeLines(['one', '', '二']);
    expect(text()).toBe('one\n\n二\n');
  });
});
