// What the machine is worth at this moment, measured beside every round: absolute figures of two runs may only be compared
// after dividing by these.
import { withClient, withDatabase } from './databases.js';

export interface Calibration {
  /** Milliseconds of a fixed loop of JSON and arithmetic on one core. */
  readonly cpuMs: number;
  /** Rows a second of one connection inserting fixed rows with a key, 1,000 a transaction. */
  readonly insertsPerSecond: number;
}

export async function calibrate(serverUrl: string): Promise<Calibration> {
  const cpuMs = cpuLoop();
  return { cpuMs, insertsPerSecond: await fixedInserts(serverUrl) };
}

function cpuLoop(): number {
  const text = JSON.stringify({
    id: 'calibration',
    lines: Array.from({ length: 10 }, (_, i) => ({ i, price: i * 100 })),
  });
  const start = performance.now();
  let sum = 0;
  for (let i = 0; i < 100_000; i++) sum += (JSON.parse(text) as { lines: { price: number }[] }).lines[i % 10]!.price;
  if (sum < 0) throw new Error('never: keeps the loop from being dropped');
  return Math.round(performance.now() - start);
}

function fixedInserts(serverUrl: string): Promise<number> {
  const rows = 20_000;
  return withDatabase(serverUrl, 'empty', (url) =>
    withClient(url, async (client) => {
      await client.query('CREATE TABLE calibration (id int PRIMARY KEY, said text)');
      const start = performance.now();
      for (let from = 0; from < rows; from += 1_000) {
        await client.query(
          "INSERT INTO calibration SELECT i, repeat('x', 300) FROM generate_series($1::int, $2::int) i",
          [from, from + 999],
        );
      }
      return Math.round(rows / ((performance.now() - start) / 1000));
    }),
  );
}
