// What the fold keeps of an order and of a parcel. Both are commutative: any order and any duplication of the same
// events gives the same state, so `track` never needs to know what came first.
import type { EvidenceStrength, Instant, OrderFacts, OrderPatch, ScanStage } from './events.js';

export interface Revision {
  readonly time: Instant;
  /** When it reached us: of two of the same time the later holds. */
  readonly receivedAt?: Instant;
  readonly eventId: string;
  readonly placed: boolean;
  readonly patch: OrderPatch;
}

export interface ParcelLink {
  readonly trackingNumber: string;
  readonly carrier?: string;
  /** Earliest upload to the platform. */
  readonly uploadedAt: Instant;
  /** Further uploads of the same number, ascending: a platform may have rejected the earlier ones. */
  readonly laterUploads?: readonly Instant[];
  readonly labelCreatedAt?: Instant;
  readonly labelSource?: 'platform' | 'seller';
  readonly lineIds?: readonly string[];
  readonly destinationPostalCode?: string;
  /** The number this one replaces. */
  readonly replaces?: string;
}

export interface ViolationFact {
  readonly eventId: string;
  readonly kind: string;
  readonly occurredAt: Instant;
  readonly trackingNumber?: string;
  readonly spu?: string;
  readonly count: number;
  readonly units?: number;
  readonly cases?: number;
  readonly pallets?: number;
  readonly loads?: number;
  readonly chargedMinor?: number;
  readonly tags?: readonly string[];
}

export interface LeviedFact {
  readonly chargeId: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly leviedAt: Instant;
  readonly ruleId?: string;
  readonly reversal: boolean;
}

/** Fold of everything keyed by tenant + order id. JSON-safe. */
export interface OrderState {
  readonly tenantId: string;
  readonly orderId: string;
  /** Sorted by (time, eventId). The facts are their merge; empty until the order itself has arrived. */
  readonly revisions: readonly Revision[];
  readonly cancelledAt?: Instant;
  readonly cancelledBy?: 'buyer' | 'seller' | 'platform';
  readonly confirmedAt?: Instant;
  readonly expectedParcels?: number;
  /** When `expectedParcels` was decided; the latest decision holds. */
  readonly splitDecidedAt?: Instant;
  /** Sorted by tracking number. */
  readonly parcels: readonly ParcelLink[];
  readonly violations: readonly ViolationFact[];
  readonly levied: readonly LeviedFact[];
}

/** One kept scan. Sorted by (at, eventId) in the state. */
export interface ScanFact {
  readonly at: Instant;
  readonly latest?: Instant;
  readonly stage: ScanStage;
  readonly strength: EvidenceStrength;
  readonly eventId: string;
  readonly postalCode?: string;
  readonly country?: string;
  readonly fault?: string;
}

/** Fold of everything keyed by tenant + tracking number, whether or not an order claims it yet. JSON-safe. */
export interface ParcelState {
  readonly tenantId: string;
  readonly trackingNumber: string;
  readonly carrier?: string;
  readonly scans: readonly ScanFact[];
  /** Event ids of retracted scans, also of scans that have not arrived yet. */
  readonly retracted: readonly string[];
}

/** An order with its parcels, as evaluated. `facts` is undefined for an order known only from labels or scans. */
export interface Shipment {
  readonly order: OrderState;
  readonly facts: OrderFacts | undefined;
  /** Keyed by tracking number; a linked parcel with no scans yet may be absent. */
  readonly parcels: ReadonlyMap<string, ParcelState>;
}
