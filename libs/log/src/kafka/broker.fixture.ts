// Brokers of a test's own, to stop or to close to strangers.
import path from 'node:path';

export interface Broker {
  brokers: string;
  stop(signal: string): Promise<void>;
}

interface BrokerScripts {
  startKafka(at: {
    cacheDir: string;
    directory: string;
    port: number;
    controllerPort: number;
    secure?: { port: number; key: string; certificate: string; user: string; password: string };
  }): Promise<Broker>;
  freePorts(count: number): Promise<number[]>;
}

/** The scripts are plain JavaScript outside the TypeScript project, hence no static import. */
export async function brokerScripts(): Promise<BrokerScripts> {
  const scripts = path.join(process.cwd(), 'scripts', 'lib');
  return { ...(await import(path.join(scripts, 'kafka.mjs'))), ...(await import(path.join(scripts, 'ports.mjs'))) };
}
