#!/usr/bin/env node
/**
 * Everything a change must pass: install, build, types, lint, then all tests against real services. Extra arguments go to
 * Jest, e.g. `npm test -- libs/log`. With the services already running they are used and left running.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { root } from './lib/description.mjs';
import { installIfStale, interrupt, npmRun, stage } from './lib/stages.mjs';

const resultFile = path.join(root, '.fineline', `jest-result-${process.pid}.json`);
let services;
let interrupted = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    interrupted = true;
    interrupt(signal);
  });
}

process.exitCode = await testAll().catch((error) => {
  console.error(`\n${interrupted ? 'Interrupted' : error.message}`);
  return 1;
});
await services?.stop();
rmSync(resultFile, { force: true });

async function testAll() {
  await installIfStale();
  await stage('build', ...npmRun('build'));
  if (existsSync(path.join(root, 'apps/web/vite.config.ts'))) await stage('build web', ...npmRun('build:web'));
  await stage('types', ...npmRun('typecheck'));
  await stage('lint', ...npmRun('lint'));
  const env = await testServices();
  if (interrupted) throw new Error('Interrupted');
  // Jest writes its result when the last test has ended, and then waits for ever where one left a connection open.
  const isFinished = () => existsSync(resultFile);
  const failure = await stage('tests', process.execPath, jestArguments(), { env, isFinished }).catch((error) => error);
  return report(failure);
}

async function testServices() {
  // Loaded late: these need the packages that the first stage may only just have installed.
  const { startServices, testEnvironment } = await import('./lib/services.mjs');
  const { runningServices } = await import('./lib/description.mjs');
  const running = runningServices();
  if (running?.postgresUrl && running.kafkaBrokers && running.redisUrl) {
    console.log('\nUsing the services that are already running.');
    return testEnvironment(running);
  }
  const startedAt = Date.now();
  console.log('\n▶ services (PostgreSQL, Redis, Kafka)');
  services = await startServices();
  console.log(`✔ services: ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
  return testEnvironment(services);
}

function jestArguments() {
  mkdirSync(path.dirname(resultFile), { recursive: true });
  const jest = path.join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const output = ['--json', `--outputFile=${resultFile}`];
  return ['--experimental-vm-modules', '--no-warnings', jest, ...output, ...process.argv.slice(2)];
}

function report(failure) {
  if (!existsSync(resultFile)) throw failure ?? new Error('Jest wrote no result');
  const { numPassedTests, numFailedTests, numTotalTests, numRuntimeErrorTestSuites } = JSON.parse(
    readFileSync(resultFile, 'utf8'),
  );
  if (numRuntimeErrorTestSuites > 0) console.error(`${numRuntimeErrorTestSuites} test files could not be run.`);
  if (numTotalTests === 0) throw new Error('No test ran at all: that is not a success.');
  console.log(`\n${numPassedTests} passed, ${numFailedTests} failed`);
  return failure || numFailedTests > 0 || numPassedTests === 0 ? 1 : 0;
}
