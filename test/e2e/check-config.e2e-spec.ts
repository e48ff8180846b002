// `--check-config` of every main: all problems of an environment at once, each with its variable.
import { describe, expect, it } from '@jest/globals';
import { AppProcess, mainOf } from './system/app-process.js';

const BAD = {
  DATABASE_URL: 'mysql://localhost/fineline',
  KAFKA_BROKERS: 'kafka',
  REDIS_URL: 'http://localhost',
  HTTP_PORT: '99999',
  LOG_LEVEL: 'loud',
  SESSION_SECRET: 'short',
  SMTP_URL: 'mail.example',
};
const GOOD = {
  DATABASE_URL: 'postgres://localhost/fineline',
  KAFKA_BROKERS: 'kafka:9092',
  REDIS_URL: 'redis://localhost',
  SESSION_SECRET: 'a secret for tests of at least thirty-two characters',
  SMTP_URL: 'smtp://localhost',
  MAIL_FROM: 'fineline@acme.example',
};
const HTTP = ['DATABASE_URL', 'HTTP_PORT', 'LOG_LEVEL'];
const APPS: [app: string, wrong: string[]][] = [
  ['intake', [...HTTP, 'KAFKA_BROKERS']],
  ['track', [...HTTP, 'KAFKA_BROKERS']],
  ['escalate', [...HTTP, 'REDIS_URL']],
  ['notify', [...HTTP, 'REDIS_URL', 'SMTP_URL', 'MAIL_FROM']],
  ['api', [...HTTP, 'KAFKA_BROKERS', 'SESSION_SECRET']],
];

describe.each(APPS)('%s --check-config', (app, wrong) => {
  it('prints every problem and exits 1', async () => {
    const { code, output } = await AppProcess.run(mainOf(app), ['--check-config'], BAD).ended();
    expect(code).toBe(1);
    expect(output).toContain(`the environment has ${wrong.length} problem(s)`);
    for (const variable of wrong) expect(output).toMatch(new RegExp(`^ +${variable}: .+`, 'm'));
  });

  it('exits 0 when there is none, and connects to nothing', async () => {
    const { code, output } = await AppProcess.run(mainOf(app), ['--check-config'], GOOD).ended();
    expect({ code, output }).toEqual({ code: 0, output: `${app}: configuration ok` });
  });
});

describe('fineline migrate --check-config', () => {
  const migrate = (variables: Record<string, string>): AppProcess =>
    AppProcess.run('bin/fineline.mjs', ['migrate', '--check-config'], variables);

  it('prints every problem and exits 1, or exits 0', async () => {
    const bad = await migrate(BAD).ended();
    expect(bad.code).toBe(1);
    expect(bad.output).toContain('DATABASE_URL');
    expect(await migrate(GOOD).ended()).toMatchObject({ code: 0, output: 'migrate: configuration ok' });
  });
});
