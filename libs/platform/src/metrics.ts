// Prometheus metrics, named fineline_<stage verb>_<what>_<unit>. No tenant, order or parcel ids as labels.
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Metrics of one process; every stage asks it for its own. Asking twice for a name returns the same metric. */
export class Metrics {
  readonly registry = new Registry();

  counter<Label extends string = never>(name: string, help: string, labelNames: Label[] = []): Counter<Label> {
    return this.existing(name) ?? new Counter({ name, help, labelNames, registers: [this.registry] });
  }
  gauge<Label extends string = never>(name: string, help: string, labelNames: Label[] = []): Gauge<Label> {
    return this.existing(name) ?? new Gauge({ name, help, labelNames, registers: [this.registry] });
  }
  histogram<Label extends string = never>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: Label[] = [],
  ): Histogram<Label> {
    return this.existing(name) ?? new Histogram({ name, help, buckets, labelNames, registers: [this.registry] });
  }
  /** Process metrics (CPU, memory, event loop lag); once per process, not in tests. */
  withProcessMetrics(): this {
    collectDefaultMetrics({ register: this.registry });
    return this;
  }

  private existing<Metric>(name: string): Metric | undefined {
    return this.registry.getSingleMetric(name) as Metric | undefined;
  }
}
