import { createTransport } from 'nodemailer';
import type { Delivery } from './delivery.js';

export interface EmailMessage {
  /** Stable over retries. */
  readonly id: string;
  readonly address: string;
  readonly name: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface EmailSettings {
  /** `smtp://` or `smtps://`, with user and password where the server wants them. */
  readonly smtpUrl: string;
  /** `Name <address>` or an address. */
  readonly from: string;
  /** For the connection, for its greeting, and without a word from the server. */
  readonly timeoutMs: number;
}

const ADDRESS = /^[^\s@<>,;:"()[\]\\]+@[^\s@<>,;:"()[\]\\]+$/;

/** Sends mail by SMTP. A refusal with a 5xx is for good, everything else is tried again. */
export class EmailChannel {
  private readonly transport;

  constructor(private readonly settings: EmailSettings) {
    const { smtpUrl, timeoutMs } = settings;
    this.transport = createTransport({
      url: smtpUrl,
      pool: true,
      maxConnections: 5,
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  /** Given up once `signal` says so, wherever it is by then: also in the line for one of the connections. */
  async deliver({ id, address, name, subject, text, html }: EmailMessage, signal: AbortSignal): Promise<Delivery> {
    // One mailbox, taken literally: a comma or an angle bracket would make several of it.
    if (!ADDRESS.test(address)) return { kind: 'failed', outcome: 'bad-address' };
    try {
      await this.transport.sendMail({
        from: this.settings.from,
        to: { name, address },
        subject,
        text,
        html,
        messageId: `<${id}@fineline>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
        signal,
      });
      return { kind: 'sent', outcome: 'sent' };
    } catch (error) {
      return failureOf(error);
    }
  }

  close(): void {
    this.transport.close();
  }
}

function failureOf(error: unknown): Delivery {
  const { responseCode, code = 'unknown' } = error as { responseCode?: number; code?: string };
  // A refused login is this installation's fault, not the recipient's: somebody will mend it.
  if (code === 'EAUTH') return { kind: 'retry', outcome: 'smtp-login' };
  if (responseCode === undefined)
    return { kind: 'retry', outcome: code === 'ETIMEDOUT' || code === 'EABORT' ? 'timeout' : 'network', detail: code };
  const outcome = `smtp-${responseCode}`;
  return responseCode >= 500 ? { kind: 'failed', outcome } : { kind: 'retry', outcome };
}
