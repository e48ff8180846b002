// npm run bench -- <name> [--rounds 5] …   Builds, starts servers of its own (PostgreSQL with fsync on), runs, stops them.
import { execFileSync, spawn } from 'node:child_process';
import { startServices } from './lib/services.mjs';

execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
const services = await startServices({ safe: true });
const servers = [
  ['--postgres', services.postgresUrl],
  ['--kafka', services.kafkaBrokers],
  ['--redis', services.redisUrl],
].flat();
const bench = spawn(process.execPath, ['dist/bench/src/main.js', ...process.argv.slice(2), ...servers], {
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => bench.kill('SIGTERM'));
const code = await new Promise((resolve) => bench.once('exit', (status) => resolve(status ?? 1)));
await services.stop();
process.exit(code);
