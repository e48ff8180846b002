#!/usr/bin/env node
/** PostgreSQL, Redis and Kafka for development and tests: no root, no Docker. Stays in the foreground until Ctrl-C. */
import { parseArgs } from 'node:util';
import { endOfLog } from './lib/child.mjs';
import { endOrphans, removeDescription, runningServices, writeDescription } from './lib/description.mjs';
import { serviceNames, startServices, testEnvironment } from './lib/services.mjs';

const usage = `npm run services -- [--only postgres,redis,kafka] [--keep] [--fsync]
  --only    start only these
  --keep    keep data and ports from run to run (in .fineline/services/kept)
  --fsync   make Postgres survive a power cut (always on with --keep)`;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    keep: { type: 'boolean', default: false },
    fsync: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const only = values.only?.split(',') ?? serviceNames;
const unknown = only.filter((name) => !serviceNames.includes(name));
if (values.help || unknown.length > 0) {
  console.log(unknown.length > 0 ? `Unknown service: ${unknown.join(', ')}\n\n${usage}` : usage);
  process.exit(values.help ? 0 : 2);
}

const running = runningServices();
if (running) {
  console.log(`The services are already running (process ${running.pid}):`);
  printEnvironment(running);
  process.exit(0);
}
endOrphans();

let services;
let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop(0));

const startedAt = Date.now();
console.log(`Starting ${only.join(', ')} …`);
try {
  services = await startServices({ only, keep: values.keep, safe: values.keep || values.fsync });
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
if (stopping) await stop(0);
writeDescription(services);
console.log(`Ready after ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`);
printEnvironment(services);
console.log('Ctrl-C stops them.');

const ended = await Promise.race(services.started.map((child) => child.exited.then((reason) => ({ child, reason }))));
if (!stopping) {
  console.error(
    `${ended.child.name} ended by itself (${ended.reason}). ${endOfLog(ended.child.logFile)}\nStopping the others.`,
  );
  await stop(1);
}

async function stop(exitCode) {
  stopping = true;
  if (!services) return; // still starting: the line after startServices comes back here
  const toStop = services;
  services = undefined;
  removeDescription();
  await toStop.stop();
  process.exit(exitCode);
}

function printEnvironment(of) {
  for (const [name, value] of Object.entries(testEnvironment(of))) console.log(`${name}=${value}`);
}
