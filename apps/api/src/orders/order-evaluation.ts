// Deadlines recomputed from stored state, for explanations and what-if questions. Never writes.
import type { Deadline } from '#domain';
import { evaluateOrder, orderFacts } from '#domain';
import type { StoredOrder } from '#storage';
import { ClosedOrderStore, withService } from '#storage';
import { TenantFactsLoader } from '#tracking';
import { Inject, Injectable } from '@nestjs/common';
import type { ApiOptions } from '../api-options.js';
import { API_OPTIONS } from '../api-options.js';

@Injectable()
export class OrderEvaluation {
  private readonly facts: TenantFactsLoader;
  private readonly closed = new ClosedOrderStore();

  constructor(@Inject(API_OPTIONS) private readonly options: ApiOptions) {
    this.facts = new TenantFactsLoader(options.rulebooks);
  }

  /**
   * Deadlines of an order the caller was allowed to load, as of an instant (epoch milliseconds). Waivers, rates and overlays
   * are the tenant's, which a seller may not read but is judged by: hence the service role.
   */
  async deadlines(stored: StoredOrder, asOf: number): Promise<readonly Deadline[]> {
    const { state, parcels } = stored;
    const facts = await withService(this.options.dataSource, async (transaction) => {
      const links = await this.closed.claims(transaction, state);
      return this.facts.load(transaction, [state], { states: new Map(), links });
    });
    const shipment = { order: state, facts: orderFacts(state), parcels };
    return evaluateOrder(shipment, facts.rulebookOf(state.tenantId), facts.contextOf(state, asOf));
  }
}
