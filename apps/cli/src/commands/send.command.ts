import type { Command } from 'commander';
import { Option } from 'commander';
import { readMapping } from '../input/read-mapping.js';
import type { SendItem } from '../send/event-sender.js';
import { EventSender, UndeliverableError } from '../send/event-sender.js';
import type { Refusal } from '../send/read-items.js';
import { readItems } from '../send/read-items.js';
import { inputOptions } from './shared-options.js';

interface SendOptions {
  readonly map?: string;
  readonly url: string;
  readonly key: string;
}

const BATCH_ITEMS = 100;
/** Below the 1 MiB that intake takes, with room for the brackets. */
const BATCH_BYTES = 900_000;

/** `fineline send`: a file of orders, labels and scans to a running intake. */
export function registerSend(program: Command): void {
  const command = program
    .command('send')
    .summary('send a file of orders, labels and scans to a running intake')
    .description(
      'Reads NDJSON or a JSON array of events, or a CSV with --map (`-` is standard input), and sends it in batches. Each refused event is ' +
        'reported on standard error with its line and the place of the fault. Exit code 0: everything was accepted; 1: something was refused; ' +
        '2: not everything could be delivered, the line to go on from is printed.',
    )
    .argument('<events>', 'events.ndjson, events.json or orders.csv');
  inputOptions(command);
  command
    .addOption(new Option('--url <address>', 'address of intake').env('FINELINE_URL').default('http://localhost:8080'))
    .addOption(
      new Option('--key <key>', 'API key, fl_<env>_<id>_<secret>').env('FINELINE_API_KEY').makeOptionMandatory(),
    )
    .action(run);
}

async function run(file: string, { map, url, key }: SendOptions): Promise<void> {
  const sending = new Sending(new EventSender({ url, key }));
  try {
    for await (const entry of readItems(file, map === undefined ? undefined : readMapping(map))) {
      if (entry.kind === 'item') await sending.add(entry);
      else sending.refuse(entry.refusals);
    }
    await sending.flush();
  } catch (error) {
    if (!(error instanceof UndeliverableError)) throw error;
    console.error(`fineline: ${error.message}`);
    console.error(`Not delivered from line ${sending.firstUndelivered} on; sending the whole file again is safe.`);
    process.exitCode = 2;
  }
  console.log(`${sending.accepted} accepted, ${sending.refused} refused.`);
  if (sending.refused > 0) process.exitCode ??= 1;
}

/** Gathers items into batches and keeps the score. */
class Sending {
  accepted = 0;
  refused = 0;
  private items: SendItem[] = [];
  private bytes = 0;
  private batches = 0;

  constructor(private readonly sender: EventSender) {}

  get firstUndelivered(): number {
    return this.items[0]?.line ?? 1;
  }

  async add(item: SendItem): Promise<void> {
    const size = Buffer.byteLength(JSON.stringify(item.value)) + 1;
    if (this.items.length > 0 && this.bytes + size > BATCH_BYTES) await this.flush();
    this.items.push(item);
    this.bytes += size;
    if (this.items.length === BATCH_ITEMS) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.items.length === 0) return;
    const { accepted, refusals } = await this.sender.send(this.items);
    this.accepted += accepted;
    this.refuse(refusals);
    this.items = [];
    this.bytes = 0;
    this.batches += 1;
    this.showProgress();
  }

  /** Refused events are counted once each, however many faults they have. */
  refuse(refusals: readonly Refusal[]): void {
    for (const { line, pointer, detail } of refusals) console.error(`line ${line}: ${pointer || '/'} ${detail}`);
    this.refused += new Set(refusals.map(({ line }) => line)).size;
  }

  private showProgress(): void {
    const total = this.accepted + this.refused;
    if (process.stderr.isTTY) process.stderr.write(`\r${total} sent, ${this.refused} refused\u001b[K`);
    else if (this.batches % 100 === 0) console.error(`${total} sent, ${this.refused} refused`);
  }
}
