import { AppError } from '#platform';

const TOO_LARGE = /larger than the largest|larger than the max|MESSAGE_TOO_LARGE|RECORD_LIST_TOO_LARGE/i;
const CODEC = /(Snappy|LZ4|ZSTD) compression not implemented/;

/** kafkajs marks what can be tried again, or buries it in `cause`. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const chain = causesOf(error);
  const text = chain.map(({ message }) => message).join(': ');
  if (chain.some(({ message, type }) => TOO_LARGE.test(`${message} ${type}`))) {
    return new AppError('log.record-too-large', `the broker refused a record: ${text}`, {
      retryable: false,
      cause: error,
    });
  }
  const retryable = chain.some(
    ({ name, retriable }) => retriable === true || name === 'KafkaJSNumberOfRetriesExceeded',
  );
  return new AppError(retryable ? 'log.unavailable' : 'log.append-failed', text, { retryable, cause: error });
}

/** What to tell an operator when a topic holds records in a codec that is not registered; undefined for other errors. */
export function unknownCodec(error: unknown): string | undefined {
  const codec = causesOf(error)
    .map(({ message }) => CODEC.exec(message)?.[1])
    .find((name) => name !== undefined);
  if (!codec) return undefined;
  return (
    `a record is compressed with ${codec}; only gzip and uncompressed records can be read. ` +
    'Set compression.type=gzip on the topic or change the producer; the consumer stays stopped until then'
  );
}

interface Cause {
  name: string;
  message: string;
  type: string;
  retriable: unknown;
}

function causesOf(error: unknown): Cause[] {
  if (!(error instanceof Error)) return [{ name: '', message: String(error), type: '', retriable: undefined }];
  const { name, message, cause } = error;
  const type = 'type' in error ? String(error.type) : '';
  const retriable = 'retriable' in error ? error.retriable : undefined;
  return [{ name, message, type, retriable }, ...(cause === undefined || cause === error ? [] : causesOf(cause))];
}
