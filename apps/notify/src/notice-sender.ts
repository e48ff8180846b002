import type { ClaimedNotice } from '#storage';
import type { Delivery } from './channels/delivery.js';
import type { EmailChannel } from './channels/email-channel.js';
import type { WebhookChannel } from './channels/webhook-channel.js';
import { DeadlineReader } from './content/deadline-facts.js';
import type { DeadlineFacts } from './content/deadline-facts.js';
import { emailContent } from './content/email-content.js';
import type { EmailContent } from './content/email-content.js';
import { contentOfMany } from './content/many-content.js';
import type { Told } from './content/many-content.js';
import { webhookContent } from './content/webhook-content.js';
import type { NotifyOptions } from './notify-options.js';

/** What became of a notice. */
export interface Sent {
  readonly notice: ClaimedNotice;
  readonly delivery: Delivery;
}

/** Writes notices from the record and hands them to their channel, which the first notice that takes it opens, with the library behind it. */
export class NoticeSender {
  private readonly reader: DeadlineReader;
  private email: Promise<EmailChannel> | undefined;
  private webhook: Promise<WebhookChannel> | undefined;

  constructor(private readonly options: NotifyOptions) {
    this.reader = new DeadlineReader(options.dataSource, options.rulebooks);
  }

  /** `notices` of one recipient, told in one message: several only of mail. */
  async send(notices: readonly ClaimedNotice[], now: number): Promise<Sent[]> {
    const told: Told[] = [];
    const sent: Sent[] = [];
    for (const notice of notices) {
      const facts = await this.read(notice, now);
      if ('deadline' in facts) told.push({ notice, facts });
      else sent.push({ notice, delivery: facts });
    }
    if (told.length === 0) return sent;
    const delivery = await this.deliver(told, now);
    return [...sent, ...told.map(({ notice }) => ({ notice, delivery }))];
  }

  async close(): Promise<void> {
    (await this.email)?.close();
    await (await this.webhook)?.close();
  }

  /** Facts, or what comes of there being none: one that cannot be written keeps no other from being sent. */
  private async read(notice: ClaimedNotice, now: number): Promise<DeadlineFacts | Delivery> {
    try {
      return (await this.reader.read(notice, now)) ?? { kind: 'failed', outcome: 'deadline-gone' };
    } catch (error) {
      this.options.logger.error({ err: error, noticeId: notice.noticeId }, 'notice could not be written');
      return { kind: 'retry', outcome: 'internal' };
    }
  }

  private async deliver(told: readonly Told[], now: number): Promise<Delivery> {
    const { notice, facts } = told[0]!;
    // The same id for every attempt: receivers and mail programs drop repetitions by it.
    const id = `ntc_${notice.noticeId}`;
    const { address, secret, recipientName } = notice;
    if (notice.channel === 'webhook') {
      this.webhook ??= this.openWebhook();
      return (await this.webhook).deliver({ id, address, secret, body: webhookContent(notice, facts) });
    }
    const content: EmailContent = told.length === 1 ? emailContent(notice, facts, now) : contentOfMany(told, now);
    this.email ??= this.openEmail();
    return (await this.email).deliver({ id, address, name: recipientName, ...content });
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
