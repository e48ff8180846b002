import { applyDecorators, type ArgumentsHost, Catch, type RpcExceptionFilter, UseFilters } from '@nestjs/common';
import {
  BaseRpcContext,
  type CustomTransportStrategy,
  EventPattern,
  type MessageHandler,
  Server,
} from '@nestjs/microservices';
import { isObservable, lastValueFrom, type Observable, throwError } from 'rxjs';
import type { EventLog, LogBatch, LogConsumer, LogConsumerOptions } from './event-log.js';

/** Nest's own filter replaces what a handler throws by "Internal server error"; the consumer must see the original. */
@Catch()
export class PassErrorToLog implements RpcExceptionFilter<unknown> {
  catch(error: unknown, _host: ArgumentsHost): Observable<never> {
    return throwError(() => error);
  }
}

/** Marks the handler of a topic's batches: `EventPattern(topic)` whose errors reach the consumer as they were thrown. */
export function OnLogBatch(topic: string): MethodDecorator {
  return applyDecorators(EventPattern<string>(topic), UseFilters(PassErrorToLog));
}

export class LogBatchContext extends BaseRpcContext<[LogBatch]> {
  batch(): LogBatch {
    return this.args[0];
  }
}

export interface EventLogServerOptions extends Omit<LogConsumerOptions, 'topics' | 'handle'> {
  log: EventLog;
}

/** Nest transport: the app's event patterns are the topics, each handler gets a `LogBatch` and is awaited. */
export class EventLogServer extends Server implements CustomTransportStrategy {
  override transportId = Symbol('event-log');
  override readonly propagatesEventHandlerErrors = true;
  private consumer: LogConsumer | undefined;

  constructor(private readonly options: EventLogServerOptions) {
    super();
  }

  override addHandler(topic: unknown, handler: MessageHandler, isEventHandler = false): void {
    if (!isEventHandler) throw new Error(`${String(topic)}: a log has no replies, use OnLogBatch`);
    // Two handlers would share one offset: neither could fail without the other seeing its batch again.
    if (this.messageHandlers.has(this.normalizePattern(String(topic))))
      throw new Error(`two handlers for ${String(topic)}`);
    super.addHandler(topic, handler, isEventHandler);
  }

  listen(callback: (error?: unknown) => void): void {
    const { log, ...options } = this.options;
    const topics = [...this.messageHandlers.keys()];
    this.consumer = log.consumer({ ...options, topics, handle: (batch) => this.dispatch(batch) });
    this.consumer.start().then(() => callback(), callback);
  }

  async close(): Promise<void> {
    await this.consumer?.stop();
  }

  isReady(): boolean {
    return this.consumer?.isReady() ?? false;
  }

  on(): never {
    throw new Error('EventLogServer has no events of its own');
  }

  unwrap<T>(): T {
    return this.consumer as T;
  }

  private async dispatch(batch: LogBatch): Promise<void> {
    const handler = this.messageHandlers.get(batch.topic);
    if (!handler) throw new Error(`no handler for ${batch.topic}`);
    try {
      const result: unknown = await handler(batch, new LogBatchContext([batch]));
      if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
    } catch (error) {
      if (error instanceof Error) throw error;
      throw new Error(`the handler of ${batch.topic} failed and Nest hid why: mark it with OnLogBatch`, {
        cause: error,
      });
    }
  }
}
