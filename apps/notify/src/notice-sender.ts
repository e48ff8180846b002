import type { ClaimedNotice } from '#storage';
import type { Delivery } from './channels/delivery.js';
import { EmailChannel } from './channels/email-channel.js';
import { WebhookChannel } from './channels/webhook-channel.js';
import { DeadlineReader } from './content/deadline-facts.js';
import { emailContent } from './content/email-content.js';
import { webhookContent } from './content/webhook-content.js';
import type { NotifyOptions } from './notify-options.js';

/** Writes a notice from the record and hands it to its channel. */
export class NoticeSender {
  private readonly reader: DeadlineReader;
  private readonly email: EmailChannel;
  private readonly webhook: WebhookChannel;

  constructor({ dataSource, rulebooks, email, webhook }: NotifyOptions) {
    this.reader = new DeadlineReader(dataSource, rulebooks);
    this.email = new EmailChannel(email);
    this.webhook = new WebhookChannel(webhook);
  }

  async send(notice: ClaimedNotice, now: number): Promise<Delivery> {
    const facts = await this.reader.read(notice, now);
    if (!facts) return { kind: 'failed', outcome: 'deadline-gone' };
    // The same id for every attempt: receivers and mail programs drop repetitions by it.
    const id = `ntc_${notice.noticeId}`;
    const { address, secret, recipientName } = notice;
    if (notice.channel === 'webhook') {
      return this.webhook.deliver({ id, address, secret, body: webhookContent(notice, facts) });
    }
    return this.email.deliver({ id, address, name: recipientName, ...emailContent(notice, facts, now) });
  }

  async close(): Promise<void> {
    this.email.close();
    await this.webhook.close();
  }
}
