// The OpenAPI document as a file, without servers: the interface depends on neither the log nor the record.
import type { EventLog } from '#log';
import { createLogger } from '#platform';
import type { DataSource } from '#storage';
import { createIntakeApp } from './intake-app.js';
import { describeIntake } from './openapi.js';

/** `docs/openapi-intake.json`, as text. */
export async function intakeDocument(): Promise<string> {
  const unused = {};
  const app = await createIntakeApp({
    dataSource: unused as DataSource,
    log: unused as EventLog,
    logger: createLogger('intake', 'silent'),
  });
  await app.init();
  const document = await describeIntake(app);
  await app.close();
  return `${JSON.stringify(document, null, 2)}\n`;
}
