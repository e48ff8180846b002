// npm run bench -- <name> [--rounds 3] [--count n] [--only track+floor] [--profile folder]
import { api } from './api.js';
import { catchUp } from './catch-up.js';
import { closing } from './closing.js';
import { cost } from './cost.js';
import { embedded } from './embedded.js';
import { evaluate } from './evaluate.js';
import { intake } from './intake.js';
import { latency } from './latency.js';
import { noisyTenant } from './noisy-tenant.js';
import type { BenchOptions } from './options.js';
import { readOptions } from './options.js';
import { projection } from './projection.js';
import { printResult, saveResult } from './report.js';
import type { RoundsResult } from './rounds.js';
import { start } from './start.js';
import { scaleOut } from './scale-out.js';
import { timers } from './timers.js';

const BENCHES: Readonly<Record<string, (options: BenchOptions) => Promise<RoundsResult>>> = {
  'catch-up': catchUp,
  closing,
  cost,
  projection,
  'scale-out': scaleOut,
  timers,
  embedded,
  evaluate,
  intake,
  latency,
  api,
  'noisy-tenant': noisyTenant,
  start,
};

const options = readOptions(process.argv.slice(2));
const bench = BENCHES[options.name];
if (!bench) {
  console.error(`which bench? one of ${Object.keys(BENCHES).join(', ')}`);
  process.exit(2);
}
const result = await bench(options);
printResult(options.name, result);
if (options.only.length === 0) saveResult(options.name, result, options.count);
process.exit(0);
