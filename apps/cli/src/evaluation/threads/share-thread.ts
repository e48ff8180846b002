// A thread's whole work: it reads the file, folds and judges the tenants that are its own, and writes out what the report says of them.
import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import type { TenantJudgement } from '#domain';
import { ExposureSum, evaluateState } from '#domain';
import { loadRulebook } from '#rulebook';
import { readEvents } from '../../input/read-events.js';
import { TenantShare } from '../../input/tenant-share.js';
import { joined } from '../../output.js';
import { isExpected } from '../../usage-error.js';
import { foldEvents } from '../evaluate-file.js';
import { printDeadline } from '../print-report.js';
import { deadlineJson } from '../report-json.js';
import { deadlineOf, eachDeadline, reportedBalances } from '../report.js';
import type { ReportChoice, ShareAnswer, ShareTask, Told } from './share-task.js';

const CHUNK_CHARACTERS = 262_144;
/** A thread this far ahead of the one whose tenant is being written waits, so that memory stays bounded. */
const MOST_AHEAD_BYTES = 33_554_432;

try {
  await run(workerData as ShareTask);
} catch (error) {
  if (!isExpected(error)) throw error;
  answer({ kind: 'failed', message: error.message });
}

async function run({ file, options, index, of, ahead }: ShareTask): Promise<void> {
  const rulebook = loadRulebook(options.rules);
  const told: Told[] = [];
  const events = readEvents(file, { share: new TenantShare(index, of) });
  const { state, faults, later } = await foldEvents(events, options, (line, fault) => told.push({ line, ...fault }));
  answer({ kind: 'read', latest: state.latest, told, faults, later });
  const [asOf] = (await once(parentPort!, 'message')) as [number];
  const { tenants, uncovered } = evaluateState(rulebook, state, asOf);
  answer({ kind: 'judged', tenantIds: tenants.map(({ tenantId }) => tenantId), uncovered });
  for (const tenant of tenants) writeOut(tenant, options, ahead);
}

function writeOut(tenant: TenantJudgement, options: ReportChoice, ahead: ShareTask['ahead']): void {
  const totals = new ExposureSum();
  for (const chunk of joined(linesOf(tenant, options, totals), CHUNK_CHARACTERS)) {
    const text = new TextEncoder().encode(chunk);
    for (let bytes = ahead[0]!; bytes > MOST_AHEAD_BYTES; bytes = ahead[0]!) Atomics.wait(ahead, 0, bytes);
    Atomics.add(ahead, 0, text.byteLength);
    answer({ kind: 'lines', text }, [text.buffer]);
  }
  answer({ kind: 'balances', totals: totals.totals(), ...reportedBalances(tenant, options.lang) });
}

/** As JSON with the comma that parts a deadline from the one before it. */
function* linesOf(tenant: TenantJudgement, { json, lang }: ReportChoice, totals: ExposureSum): Generator<string> {
  if (json) {
    yield* eachDeadline(tenant, totals, (one, of) => `,${deadlineJson(one, of, lang)}`);
    return;
  }
  let order: string | undefined;
  for (const deadline of eachDeadline(tenant, totals, (one, of) => deadlineOf(one, of, lang))) {
    order = yield* printDeadline(deadline, order, lang);
  }
}

function answer(message: ShareAnswer, moved: ArrayBuffer[] = []): void {
  parentPort!.postMessage(message, moved);
}
