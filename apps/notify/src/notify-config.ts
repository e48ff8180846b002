// The environment of `notify`.
import { onOff, sharedConfig } from '#platform';
import { z } from 'zod';

const list = (pattern: RegExp, says: string) =>
  z
    .string()
    .default('')
    .transform((text) => text.split(',').flatMap((part) => part.trim().toLowerCase() || []))
    .refine((parts) => parts.every((part) => pattern.test(part)), says);

export const notifyConfig = sharedConfig
  .pick({
    DATABASE_URL: true,
    REDIS_URL: true,
    QUEUE_PREFIX: true,
    RULEBOOKS_DIR: true,
    HTTP_HOST: true,
    HTTP_PORT: true,
    LOG_LEVEL: true,
    SHUTDOWN_GRACE_MS: true,
  })
  .extend({
    NOTIFY_CONCURRENCY: z.coerce.number().int().min(1).max(256).default(20),
    SMTP_URL: z.string().regex(/^smtps?:\/\//, 'must be a smtp:// or smtps:// URL'),
    MAIL_FROM: z.string().regex(/^[^\r\n]*[^\s@]+@[^\s@]+$/, 'must be an address, or Name <address>'),
    PAGE_URL: z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' }).optional(),
    WEBHOOK_TIMEOUT_MS: z.coerce.number().int().min(1_000).max(30_000).default(15_000),
    WEBHOOK_PORTS: list(/^\d{1,5}$/, 'must be port numbers, comma separated').transform((parts) =>
      parts.length > 0 ? parts.map(Number) : [443, 8443],
    ),
    WEBHOOK_ALLOWED_HOSTS: list(/^[^\s/]+:\d{1,5}$/, 'must be host:port, comma separated'),
    ALLOW_INSECURE_WEBHOOKS: onOff.default(false),
  });
