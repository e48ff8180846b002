import type { BeforeApplicationShutdown, DynamicModule, OnApplicationBootstrap } from '@nestjs/common';
import { Inject, Module } from '@nestjs/common';
import { NoticeSender } from './notice-sender.js';
import { NoticesProcessor } from './notices.processor.js';
import type { NotifyOptions } from './notify-options.js';

const OPTIONS = Symbol('notify options');

/** Delivers notices while the Nest application runs. Close the queues before the application: their workers use its channels. */
@Module({})
export class NotifyModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    @Inject(OPTIONS) private readonly options: NotifyOptions,
    @Inject(NoticesProcessor) private readonly processor: NoticesProcessor,
    @Inject(NoticeSender) private readonly sender: NoticeSender,
  ) {}

  static register(options: NotifyOptions): DynamicModule {
    return {
      module: NotifyModule,
      providers: [
        { provide: OPTIONS, useValue: options },
        { provide: NoticeSender, useFactory: () => new NoticeSender(options) },
        {
          provide: NoticesProcessor,
          useFactory: (sender: NoticeSender) => new NoticesProcessor(options, sender),
          inject: [NoticeSender],
        },
      ],
      exports: [NoticesProcessor],
    };
  }

  async onApplicationBootstrap(): Promise<void> {
    const { queues, concurrency = 20 } = this.options;
    await queues.work('notices', this.processor.handle, { concurrency });
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.sender.close();
  }
}
