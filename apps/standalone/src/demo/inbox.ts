// A mail server that never sends anything on: notices of the demo land in a local folder, so nothing can leave the machine.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';

export interface Inbox {
  /** `smtp://127.0.0.1:<port>` */
  readonly url: string;
  readonly folder: string;
  /** Mails received since the start. */
  received(): number;
  stop(): Promise<void>;
}

/** Listens on a free port of the loopback interface and writes each mail to `<folder>/<number>.eml`. */
export async function startInbox(folder: string): Promise<Inbox> {
  mkdirSync(folder, { recursive: true });
  const kept = readdirSync(folder).length; // of an earlier start
  let received = 0;
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        received += 1;
        writeFileSync(join(folder, `${String(kept + received).padStart(5, '0')}.eml`), Buffer.concat(chunks));
        done();
      });
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve());
  });
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    folder,
    received: () => received,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
