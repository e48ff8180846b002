import { describe, expect, it } from '@jest/globals';
import { KafkaJSConnectionError, KafkaJSNumberOfRetriesExceeded, KafkaJSProtocolError } from 'kafkajs';
import { toAppError, unknownCodec } from './kafka-errors.js';

describe('Kafka errors', () => {
  it('can be tried again when kafkajs says so, or gave up trying', () => {
    expect(toAppError(new KafkaJSConnectionError('refused'))).toMatchObject({
      code: 'log.unavailable',
      retryable: true,
    });
    const gaveUp = new KafkaJSNumberOfRetriesExceeded(new Error('timeout'), { retryCount: 5, retryTime: 10 });
    expect(toAppError(gaveUp).retryable).toBe(true);
    expect(toAppError(new TypeError('bug'))).toMatchObject({ code: 'log.append-failed', retryable: false });
  });

  it('tells a record that is too large', () => {
    const error = new KafkaJSProtocolError(
      new Error('The request included a message larger than the max message size'),
    );
    expect(toAppError(error)).toMatchObject({ code: 'log.record-too-large', retryable: false });
  });

  it('explains a codec that is not registered, however deep it is buried', () => {
    const buried = new Error('Crash', { cause: new Error('ZSTD compression not implemented') });
    expect(unknownCodec(buried)).toContain('compressed with ZSTD');
    expect(unknownCodec(new Error('other'))).toBeUndefined();
  });
});
