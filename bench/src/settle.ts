// What the oracle compares is what a run comes to rest at: shop rates, which open the gate of some fines, as of the whole log.
import { openDataSource } from '#storage';
import { RateService, RecomputeService, RulebookHolder, TrackingService } from '#tracking';

/**
 * Counts rates and judges what they change until nothing does, as `track` does each minute, at `asOf` (UTC epoch milliseconds) and just after: of two
 * counts of the same instant the store keeps one.
 */
export async function settleRates(databaseUrl: string, asOf: number): Promise<void> {
  const dataSource = await openDataSource(databaseUrl, { poolSize: 1 });
  const rulebooks = RulebookHolder.fromFolder('rulebooks', (_tenant, error) => {
    throw error;
  });
  const rates = new RateService(dataSource, rulebooks);
  const recompute = new RecomputeService(dataSource, new TrackingService(rulebooks), rulebooks);
  let now = asOf;
  do while ((await recompute.runChunk(now)).hasMore);
  while ((await rates.refresh(++now)) > 0);
  await dataSource.destroy();
}
