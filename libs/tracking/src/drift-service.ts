import type { DriftState } from '#domain';
import { DRIFT, driftDecision, driftSince } from '#domain';
import type { DataSource, DecisionRow, DriftAlert, DriftKey, DriftRow, Transaction } from '#storage';
import { DecisionStore, DriftStore, withService } from '#storage';

export interface DriftChange {
  readonly kind: 'open' | 'close';
  readonly row: DriftRow;
}

/** Opens an alert when a rule version begins to disagree with the platform's own deadlines, and closes it when they agree again. */
export class DriftService {
  private readonly drifts = new DriftStore();
  private readonly decisions = new DecisionStore();

  constructor(private readonly dataSource: DataSource) {}

  /** One look at `now`, in one transaction with the decisions it makes. Answers what changed; another process may have been first. */
  refresh(now: number): Promise<DriftChange[]> {
    return withService(this.dataSource, async (transaction) => {
      const { newest, toleranceMs } = DRIFT;
      const rows = await this.drifts.count(transaction, { newest, toleranceMs, since: driftSince(now) });
      const alerts = new Map((await this.drifts.latestAlerts(transaction)).map((alert) => [keyOf(alert), alert]));
      const changes: DriftChange[] = [];
      for (const row of rows) {
        const { kind } = driftDecision(row.recent, row.earlier, stateOf(alerts.get(keyOf(row))));
        if (kind !== 'none' && (await this.write(transaction, kind, row, now))) changes.push({ kind, row });
      }
      await this.decisions.add(
        transaction,
        changes.map((change) => decisionOf(change, now)),
      );
      return changes;
    });
  }

  private write(transaction: Transaction, kind: 'open' | 'close', row: DriftRow, now: number): Promise<boolean> {
    return kind === 'open' ? this.drifts.open(transaction, row, now) : this.drifts.close(transaction, row, now);
  }
}

function decisionOf({ kind, row }: DriftChange, decidedAt: number): DecisionRow {
  const { tenantId, ruleId, ruleVersion, recent, earlier } = row;
  const body = { ruleId, ruleVersion, recent, earlier };
  return { tenantId, kind: kind === 'open' ? 'rule-drift' : 'rule-drift-ended', body, decidedAt };
}

function stateOf(alert: DriftAlert | undefined): DriftState {
  if (!alert) return 'never';
  return alert.closedAt === null ? 'open' : 'closed';
}

function keyOf({ tenantId, ruleId, ruleVersion }: DriftKey): string {
  return [tenantId, ruleId, ruleVersion].join('\n');
}
