import type { ClaimedNotice } from '#storage';
import type { Delivery } from './channels/delivery.js';
import type { EmailChannel } from './channels/email-channel.js';
import type { WebhookChannel } from './channels/webhook-channel.js';
import { DeadlineReader } from './content/deadline-facts.js';
import { emailContent } from './content/email-content.js';
import { webhookContent } from './content/webhook-content.js';
import type { NotifyOptions } from './notify-options.js';

/** Writes a notice from the record and hands it to its channel, which the first notice that takes it opens, with the library behind it. */
export class NoticeSender {
  private readonly reader: DeadlineReader;
  private email: Promise<EmailChannel> | undefined;
  private webhook: Promise<WebhookChannel> | undefined;

  constructor(private readonly options: NotifyOptions) {
    this.reader = new DeadlineReader(options.dataSource, options.rulebooks);
  }

  async send(notice: ClaimedNotice, now: number): Promise<Delivery> {
    const facts = await this.reader.read(notice, now);
    if (!facts) return { kind: 'failed', outcome: 'deadline-gone' };
    // The same id for every attempt: receivers and mail programs drop repetitions by it.
    const id = `ntc_${notice.noticeId}`;
    const { address, secret, recipientName } = notice;
    if (notice.channel === 'webhook') {
      this.webhook ??= this.openWebhook();
      return (await this.webhook).deliver({ id, address, secret, body: webhookContent(notice, facts) });
    }
    this.email ??= this.openEmail();
    return (await this.email).deliver({ id, address, name: recipientName, ...emailContent(notice, facts, now) });
  }

  async close(): Promise<void> {
    (await this.email)?.close();
    await (await this.webhook)?.close();
  }

  private async openEmail(): Promise<EmailChannel> {
    const { EmailChannel } = await import('./channels/email-channel.js');
    return new EmailChannel(this.options.email);
  }

  private async openWebhook(): Promise<WebhookChannel> {
    const { WebhookChannel } = await import('./channels/webhook-channel.js');
    return new WebhookChannel(this.options.webhook);
  }
}
