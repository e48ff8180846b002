import type { ClaimedNotice } from '#storage';
import type { Delivery } from './channels/delivery.js';
import type { EmailChannel } from './channels/email-channel.js';
import type { WebhookChannel } from './channels/webhook-channel.js';
import { DeadlineReader } from './content/deadline-facts.js';
import { emailContent } from './content/email-content.js';
import { contentOfMany } from './content/many-content.js';
import type { Told } from './content/told.js';
import { orderUrl } from './content/told.js';
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

  /**
   * `notices` of one recipient, told in one message: several only of mail. One that cannot be written keeps no other from being sent; `jobId` is
   * for the log. Nothing is on its way any more once `signal` is aborted.
   */
  async send(notices: readonly ClaimedNotice[], now: number, jobId: string, signal: AbortSignal): Promise<Sent[]> {
    const told: Told[] = [];
    const sent: Sent[] = [];
    for (const notice of notices) {
      const facts = await this.orRetry(jobId, [notice], () => this.reader.read(notice, now));
      const url = orderUrl(this.options.pageUrl, notice.orderId);
      if (facts && 'deadline' in facts) told.push({ notice, facts, url });
      else sent.push({ notice, delivery: facts ?? { kind: 'failed', outcome: 'deadline-gone' } });
    }
    if (told.length === 0) return sent;
    const left = told.map(({ notice }) => notice);
    const delivery = await this.orRetry(jobId, left, () => this.deliver(told, now, signal));
    return [...sent, ...left.map((notice) => ({ notice, delivery }))];
  }

  async close(): Promise<void> {
    (await this.email)?.close();
    await (await this.webhook)?.close();
  }

  // An error of our own must not send notices round for ever: it is an attempt like any other, recorded and counted.
  private async orRetry<Result>(
    jobId: string,
    notices: readonly ClaimedNotice[],
    work: () => Promise<Result>,
  ): Promise<Result | Delivery> {
    try {
      return await work();
    } catch (error) {
      const noticeIds = notices.map(({ noticeId }) => noticeId);
      this.options.logger.error({ err: error, jobId, noticeIds }, 'notices could not be written or sent');
      return { kind: 'retry', outcome: 'internal' };
    }
  }

  private async deliver(told: readonly Told[], now: number, signal: AbortSignal): Promise<Delivery> {
    const { notice } = told[0]!;
    // The same id for every attempt: receivers and mail programs drop repetitions by it.
    const id = `ntc_${notice.noticeId}`;
    const { address, secret, recipientName } = notice;
    if (notice.channel === 'webhook') {
      this.webhook ??= this.openWebhook();
      return (await this.webhook).deliver({ id, address, secret, body: webhookContent(told[0]!) }, signal);
    }
    const content = told.length === 1 ? emailContent(told[0]!, now) : contentOfMany(told, now);
    this.email ??= this.openEmail();
    return (await this.email).deliver({ id, address, name: recipientName, ...content }, signal);
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
