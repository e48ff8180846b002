// The environment of `standalone`: what the stages need that the embedded default does not bring itself.
import { z } from 'zod';
import { sharedConfig } from '#platform';
import { apiConfig } from '../../api/src/api-config.js';
import { notifyConfig } from '../../notify/src/notify-config.js';

export const standaloneConfig = sharedConfig
  .pick({
    RULEBOOKS_DIR: true,
    HTTP_HOST: true,
    HTTP_PORT: true,
    TRUST_PROXY: true,
    LOG_LEVEL: true,
    SHUTDOWN_GRACE_MS: true,
  })
  .extend({
    ...apiConfig.pick({ SESSION_SECRET: true, SECURE_COOKIES: true, WEB_DIR: true }).shape,
    ...notifyConfig.pick({
      SMTP_URL: true,
      MAIL_FROM: true,
      PAGE_URL: true,
      WEBHOOK_PORTS: true,
      WEBHOOK_ALLOWED_HOSTS: true,
    }).shape,
    LOG_KEEP_DAYS: z.coerce.number().int().min(1).max(36_500).default(7),
    FINELINE_HOME: z.string().default('.fineline/standalone'),
  });
