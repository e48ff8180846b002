// Health endpoints every app mounts: /livez never touches a dependency, /readyz asks each, /metrics is Prometheus text.
import type { DynamicModule } from '@nestjs/common';
import { Controller, Get, Header, HttpException, Inject, Module } from '@nestjs/common';
import { Metrics } from './metrics.js';

/** A dependency this process needs; `check` resolves false or rejects when it is not usable. */
export interface ReadinessCheck {
  readonly name: string;
  check(): Promise<boolean>;
}

/** What readiness asks. `drain()` turns it false for good when the process begins to stop. */
export class Readiness {
  private draining = false;
  private readonly checks: ReadinessCheck[] = [];

  add(check: ReadinessCheck): void {
    this.checks.push(check);
  }
  drain(): void {
    this.draining = true;
  }
  get isDraining(): boolean {
    return this.draining;
  }
  /** Names of what is not ready; empty when ready. Each check has 2 seconds. */
  async notReady(): Promise<string[]> {
    const results = await Promise.all(this.checks.map(async (check) => ((await passes(check)) ? [] : [check.name])));
    return this.draining ? ['stopping', ...results.flat()] : results.flat();
  }
}

async function passes(check: ReadinessCheck): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), 2_000)));
  try {
    return await Promise.race([check.check(), late]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

@Controller()
export class HealthController {
  constructor(
    @Inject(Readiness) private readonly readiness: Readiness,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  @Get('livez')
  livez(): { status: string } {
    return { status: 'alive' };
  }

  @Get('readyz')
  async readyz(): Promise<{ status: string }> {
    const notReady = await this.readiness.notReady();
    if (notReady.length > 0) throw new HttpException({ status: 'not ready', notReady }, 503);
    return { status: 'ready' };
  }

  @Get('metrics')
  @Header('Content-Type', 'text/plain; version=0.0.4')
  text(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}

@Module({})
export class HealthModule {
  /** Global: makes `Readiness` and `Metrics` injectable everywhere in the app. */
  static register(readiness: Readiness, metrics: Metrics): DynamicModule {
    const shared = [
      { provide: Readiness, useValue: readiness },
      { provide: Metrics, useValue: metrics },
    ];
    return { module: HealthModule, global: true, controllers: [HealthController], providers: shared, exports: shared };
  }
}
