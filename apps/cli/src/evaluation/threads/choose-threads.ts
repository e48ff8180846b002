import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { countTenants } from '../../input/count-tenants.js';

const MOST_THREADS = 4;
/** A thread takes its time to start and to read the rulebooks: some 20,000 events' worth. */
const FROM_BYTES = 8_388_608;

interface Choice {
  readonly threads?: number;
  readonly map?: string;
}

/** In how many threads to evaluate a file: `threads`, or one a processor where it is large, and never more than it has tenants. */
export function chooseThreads(file: string, { threads, map }: Choice): number {
  if (map !== undefined) return 1;
  const size = statSync(file, { throwIfNoEntry: false });
  if (!size?.isFile()) return 1;
  const most = threads ?? (size.size < FROM_BYTES ? 1 : Math.min(availableParallelism(), MOST_THREADS));
  return most === 1 ? 1 : Math.max(1, Math.min(most, countTenants(file)));
}
