import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { localServices } from './local-services.js';

function folderDescribing(description?: object): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'fineline-'));
  mkdirSync(path.join(folder, '.fineline'));
  if (description) writeFileSync(path.join(folder, '.fineline', 'services.json'), JSON.stringify(description));
  return folder;
}

describe('localServices', () => {
  it('prefers the environment to the description', () => {
    const folder = folderDescribing({ postgresUrl: 'described', redisUrl: 'redis://r', pid: process.pid });
    const services = localServices(
      { FINELINE_TEST_POSTGRES_URL: 'set', FINELINE_TEST_KAFKA_BROKERS: 'a:1,b:2' },
      folder,
    );
    expect(services.postgresUrl).toBe('set');
    expect(services.kafkaBrokers).toEqual(['a:1', 'b:2']);
    expect(services.redisUrl).toBe('redis://r');
  });

  it('says how to start them when they are missing, or when their process has ended', () => {
    expect(() => localServices({}, folderDescribing()).redisUrl).toThrow('npm run services');
    const ended = folderDescribing({ redisUrl: 'redis://r', pid: 2 ** 30 });
    expect(() => localServices({}, ended).redisUrl).toThrow('npm run services');
  });
});
