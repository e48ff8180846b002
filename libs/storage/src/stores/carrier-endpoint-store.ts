import { randomBytes } from 'node:crypto';
import { CarrierEndpointEntity } from '../entities/carrier-endpoint.entity.js';
import type { Transaction } from '../transaction.js';

export interface NewCarrierEndpoint {
  readonly tenantId: string;
  readonly carrier: string;
  readonly secret: string;
  /** IANA name, for carriers whose times name no zone. */
  readonly timeZone?: string;
}

/** Addresses that carriers call, each with its own secret. */
export class CarrierEndpointStore {
  /** Answers the endpoint id, the last part of the address. */
  async create(transaction: Transaction, endpoint: NewCarrierEndpoint): Promise<string> {
    const endpointId = randomBytes(16).toString('hex');
    await transaction.manager.insert(CarrierEndpointEntity, { timeZone: null, ...endpoint, endpointId });
    return endpointId;
  }

  async find(transaction: Transaction, endpointId: string): Promise<CarrierEndpointEntity | undefined> {
    return (await transaction.manager.findOne(CarrierEndpointEntity, { where: { endpointId } })) ?? undefined;
  }

  list(transaction: Transaction, tenantId: string): Promise<CarrierEndpointEntity[]> {
    return transaction.manager.find(CarrierEndpointEntity, { where: { tenantId }, order: { createdAt: 'ASC' } });
  }
}
