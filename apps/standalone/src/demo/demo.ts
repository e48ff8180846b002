// `fineline demo`: a believable day in a minute or two, on everything real, in one process and one folder.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createLogger } from '#platform';
import { EvidenceStore, withService } from '#storage';
import { simulate } from '../simulator/simulate.js';
import { startStandalone } from '../standalone.js';
import type { Standalone } from '../standalone.js';
import { DemoClock } from './demo-clock.js';
import { DemoFolder } from './demo-folder.js';
import type { DemoMemory } from './demo-folder.js';
import { demoExposure, progressLine, summary } from './demo-report.js';
import { DEMO_TENANT, createDemoTenant } from './demo-tenant.js';
import type { DemoKeys } from './demo-tenant.js';
import { Feeder } from './feeder.js';
import { startInbox } from './inbox.js';
import type { Inbox } from './inbox.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Trade before the day that passes before your eyes, and that day. */
const STRETCH = 4 * DAY;

export interface DemoOptions {
  readonly home: string;
  readonly rulebooksDir: string;
  readonly webDir: string;
  readonly port: number;
  /** Simulated milliseconds per real one while the day runs. */
  readonly speed: number;
  readonly seed: number;
  /** Forget what an earlier start left. */
  readonly fresh: boolean;
  /** End after the day instead of going on in real time. */
  readonly once: boolean;
  readonly say: (line: string) => void;
  /** Ends the demo early and cleanly. */
  readonly signal: AbortSignal;
  /** The system's clock, UTC epoch milliseconds. Default Date.now. */
  readonly real?: () => number;
}

/** Runs until the signal, or with `once` until the day is over; leaves the data in the folder. */
export async function runDemo(options: DemoOptions): Promise<void> {
  const began = performance.now();
  const { real = Date.now } = options;
  const folder = new DemoFolder(options.home);
  if (options.fresh) folder.clear();
  const known = folder.read();
  const memory: DemoMemory = known ?? {
    anchor: real(),
    fedUntil: 0,
    sessionSecret: randomBytes(32).toString('hex'),
  };
  const clock = new DemoClock(known ? memory.fedUntil : memory.anchor - STRETCH, options.speed, real);
  const inbox = await startInbox(join(options.home, 'inbox'));
  const standalone = await start(options, clock, inbox, memory.sessionSecret);
  const stage = new DemoStage(options, folder, clock, inbox, standalone);
  try {
    const keys = memory.keys ?? (await createDemoTenant(standalone.dataSource));
    folder.write({ ...memory, keys });
    options.say(welcome(standalone.url, keys, inbox, (performance.now() - began) / 1000));
    await stage.play({ ...memory, keys });
  } finally {
    options.say('Stopping …');
    await standalone.stop();
    await inbox.stop();
  }
}

function start(options: DemoOptions, clock: DemoClock, inbox: Inbox, sessionSecret: string): Promise<Standalone> {
  return startStandalone({
    home: options.home,
    rulebooksDir: options.rulebooksDir,
    webDir: options.webDir,
    host: '127.0.0.1',
    port: options.port,
    pageUrl: options.port === 0 ? undefined : `http://localhost:${options.port}`,
    sessionSecret,
    secureCookies: false,
    clock,
    logger: createLogger('demo', 'warn'),
    mail: { smtpUrl: inbox.url, from: 'Fineline demo <fineline@demo.example>' },
    webhooks: { allowHttp: false, ports: [], exempt: [] }, // none: nothing may leave the machine
    onStage: (stage) => options.say(`… ${stage}`),
    sweepIntervalMs: 100,
    // These run on the demo's clock, which is fast at first.
    requeueAfterMs: 60_000 * options.speed,
    lateAfterMs: 1_000 * options.speed,
  });
}

function welcome(url: string, keys: DemoKeys, inbox: Inbox, seconds: number): string {
  return `
Fineline is running (${seconds.toFixed(1)} s). Open one of

  ops desk    ${url}/#key=${keys.ops}
  seller      ${url}/#key=${keys.seller}
  warehouse   ${url}/#key=${keys.warehouse}

Notices go to ${inbox.folder}; nothing leaves this machine. Ctrl-C stops, the data stays in ${join(inbox.folder, '..')}.
`;
}

/** Pallets the couriers did not scan before their shift ended. After 26 h most are saved in time, after 44 h most are fined. */
const SLIPS = [
  ...[2, 3].map((daysBefore) => ({ warehouseId: 'CA-ONTARIO-1', carrier: 'gofo', daysBefore, hours: 44 })),
  { warehouseId: 'NJ-EDISON-1', carrier: 'ups', daysBefore: 2, hours: 46 },
  ...[1, 2].map((daysBefore) => ({ warehouseId: 'NJ-EDISON-1', carrier: 'usps', daysBefore, hours: 26 })),
];

/** The day itself: four days of trade are loaded up to yesterday, then the last day passes before your eyes. */
class DemoStage {
  constructor(
    private readonly options: DemoOptions,
    private readonly folder: DemoFolder,
    private readonly clock: DemoClock,
    private readonly inbox: Inbox,
    private readonly standalone: Standalone,
  ) {}

  async play(memory: DemoMemory): Promise<void> {
    const { anchor } = memory;
    const silence = { warehouseId: 'CA-ONTARIO-1', from: anchor - 10 * HOUR, until: anchor - 2 * HOUR };
    const events = simulate({
      seed: this.options.seed,
      from: anchor - STRETCH,
      until: anchor,
      ordersPerDay: 400,
      silence,
      slips: SLIPS,
    });
    const feeder = new Feeder(this.standalone.log, events, memory.fedUntil);
    const resumed = memory.fedUntil > 0;
    const startsAt = resumed ? this.clock.real() : anchor - DAY;
    // The clock stands still meanwhile: a deadline whose scan is further down the file is not late yet.
    await this.loadPast(feeder, startsAt);
    this.clock.run(startsAt);
    await this.passTheDay(feeder, memory);
    await this.report(anchor);
    if (!this.options.once) await this.goOn(feeder, memory);
  }

  private async loadPast(feeder: Feeder, until: number): Promise<void> {
    await feeder.feedUntil(until);
    // All of them, also those of earlier starts: what a start that was killed had fed without noting it comes again and is tracked once.
    const total = feeder.fed;
    for (let tracked = await this.tracked(); tracked < total; tracked = await this.tracked()) {
      if (this.options.signal.aborted) return;
      this.options.say(`… ${tracked} of ${total} past events tracked`);
      await this.pause(500);
    }
  }

  private async passTheDay(feeder: Feeder, memory: DemoMemory): Promise<void> {
    if (this.clock.pace() > 1) this.options.say(`The last 24 hours pass at ${this.clock.pace()} times their speed.`);
    let toldAt = 0;
    while (this.clock.pace() > 1 && !this.options.signal.aborted) {
      await this.feed(feeder, memory);
      await this.pause(100);
      if (performance.now() - toldAt < 3_000) continue;
      toldAt = performance.now();
      const rows = await demoExposure(this.standalone.dataSource, memory.anchor - DAY, 'none');
      this.options.say(progressLine(this.clock.now(), rows, this.inbox.received()));
    }
    await this.feed(feeder, memory);
  }

  private async report(anchor: number): Promise<void> {
    if (this.options.signal.aborted) return;
    await this.pause(1_500); // what was fed last is tracked and swept
    const since = anchor - DAY;
    const total = await demoExposure(this.standalone.dataSource, since, 'none');
    const byPlatform = await demoExposure(this.standalone.dataSource, since, 'platform');
    this.options.say(`\nThe last 24 hours:\n${summary(total, byPlatform)}\n`);
  }

  private async goOn(feeder: Feeder, memory: DemoMemory): Promise<void> {
    if (this.options.signal.aborted) return;
    this.options.say(
      'From here on it is real time: later scans of these parcels arrive as they happen. Send your own events too.',
    );
    while (!this.options.signal.aborted) {
      await this.feed(feeder, memory);
      await this.pause(1_000);
    }
  }

  private async feed(feeder: Feeder, memory: DemoMemory): Promise<void> {
    const at = this.clock.now();
    if ((await feeder.feedUntil(at)) > 0) this.folder.write({ ...memory, fedUntil: at });
  }

  private tracked(): Promise<number> {
    return withService(this.standalone.dataSource, (transaction) =>
      new EvidenceStore().count(transaction, DEMO_TENANT),
    );
  }

  /** Resolves early when the demo is to end. */
  private pause(ms: number): Promise<void> {
    const { signal } = this.options;
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      function done(): void {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      }
      signal.addEventListener('abort', done);
    });
  }
}
