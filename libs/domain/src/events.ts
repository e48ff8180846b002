// The canonical events as the domain sees them: already parsed, instants as UTC epoch milliseconds.

/** UTC epoch milliseconds. */
export type Instant = number;

export const SCAN_STAGES = [
  'label-created',
  'handed-over-unconfirmed',
  'accepted',
  'in-transit',
  'out-for-delivery',
  'available-for-pickup',
  'delivery-attempted',
  'delivered',
  'exception',
  'returning',
  'returned',
  'cancelled',
  'lost',
  'expired',
  'unknown',
] as const;
export type ScanStage = (typeof SCAN_STAGES)[number];

/** How strongly a scan proves physical acceptance, strongest last. */
export const EVIDENCE_STRENGTHS = ['none', 'claimed', 'implied', 'direct'] as const;
export type EvidenceStrength = (typeof EVIDENCE_STRENGTHS)[number];

/** A place as far as the rules need it. `timeZone` is an IANA name; `country` ISO 3166-1 alpha-2; `region` the ISO 3166-2 part after the dash. */
export interface Place {
  readonly country?: string;
  readonly region?: string;
  readonly city?: string;
  readonly postalCode?: string;
  readonly timeZone?: string;
  readonly kind?: string;
}

/** One order line. All money fields are integer minor units of the order's currency, per unit. */
export interface OrderLine {
  readonly lineId: string;
  readonly sku?: string;
  /** Product group (Temu SPU, listing) over which presumption rules count. */
  readonly spu?: string;
  readonly category?: string;
  readonly quantity: number;
  readonly cancelledQuantity?: number;
  readonly cases?: number;
  readonly unitPriceMinor: number;
  readonly disbursementPriceMinor?: number;
  readonly costOfGoodsMinor?: number;
  readonly shippingFeeMinor?: number;
  readonly handlingDays?: number;
  readonly deliverBy?: Instant;
}

/** Every clock start a platform may give. */
export interface OrderClocks {
  readonly placedAt: Instant;
  readonly paidAt?: Instant;
  readonly confirmedAt?: Instant;
  readonly releasedAt?: Instant;
  readonly pendingEndsAt?: Instant;
  readonly preorderClosedAt?: Instant;
}

/** The platform's own deadlines as sent with the order. */
export interface PlatformDeadlines {
  readonly shipBy?: Instant;
  readonly scanBy?: Instant;
  readonly deliverBy?: Instant;
  readonly autoCancelAt?: Instant;
  readonly windowStart?: Instant;
  readonly windowEnd?: Instant;
  readonly mustArriveBy?: Instant;
}

/** What the seller or the platform promised for this order; counts in days of the rule's own calendar. */
export interface OrderPromise {
  readonly handlingDays?: number;
  readonly transitDays?: number;
  readonly maxDeliveryDays?: number;
  /** Days within which a delivery takes a fine back, where the platform states them for the destination. */
  readonly reversalDays?: number;
  /** Weekdays the seller operates, ISO numbers 1 (Monday) to 7 (Sunday). */
  readonly operatingDays?: readonly number[];
  /** Same-day cutoff in ship-from local time, `HH:MM`. */
  readonly cutoff?: string;
  readonly shippingTier?: string;
  readonly statedRange?: string;
}

export interface OrderFacts {
  readonly platform: string;
  readonly market: string;
  readonly program?: string;
  readonly orderType?: string;
  readonly sellerId: string;
  readonly shopId?: string;
  readonly warehouseId?: string;
  /** Who bought the label: rules often exempt platform labels. */
  readonly labelSource?: 'platform' | 'seller';
  /** Free flags a rule may test, e.g. `buy-shipping`, `oversize`, `overseas-warehouse`, `cross-border`. */
  readonly tags?: readonly string[];
  readonly clocks: OrderClocks;
  readonly promise?: OrderPromise;
  readonly platformDeadlines?: PlatformDeadlines;
  readonly shipFrom?: Place;
  readonly shipTo?: Place;
  readonly currency: string;
  readonly lines: readonly OrderLine[];
  /** Order-level shipping fee paid by the buyer, minor units; in addition to per-line fees. */
  readonly shippingFeeMinor?: number;
  readonly invoiceMinor?: number;
}

export type OrderPatch = Partial<OrderFacts>;

interface EventBase<Type extends string, Data> {
  readonly tenantId: string;
  readonly source: string;
  readonly id: string;
  readonly type: Type;
  /** When it happened. */
  readonly time: Instant;
  /** When Fineline received it, if known. */
  readonly receivedAt?: Instant;
  readonly data: Data;
}

export type OrderPlaced = EventBase<'order.placed', { orderId: string } & OrderFacts>;
export type OrderAmended = EventBase<'order.amended', { orderId: string; changes: OrderPatch; reason?: string }>;
export type OrderCancelled = EventBase<
  'order.cancelled',
  { orderId: string; cancelledAt: Instant; by: 'buyer' | 'seller' | 'platform'; reason?: string }
>;
export type ShipmentConfirmed = EventBase<
  'shipment.confirmed',
  { orderId: string; confirmedAt: Instant; trackingNumber?: string }
>;
/** A tracking number was uploaded to the platform for (part of) an order. */
export type ParcelLabelled = EventBase<
  'parcel.labelled',
  {
    orderId: string;
    trackingNumber: string;
    carrier?: string;
    labelCreatedAt?: Instant;
    uploadedAt: Instant;
    labelSource?: 'platform' | 'seller';
    lineIds?: readonly string[];
    destinationPostalCode?: string;
  }
>;
/** A parcel got another tracking number; the old one no longer carries the order. */
export type ParcelRelabelled = EventBase<
  'parcel.relabelled',
  { orderId: string; trackingNumber: string; replaces: string; carrier?: string; uploadedAt: Instant }
>;
/** The order travels in this many parcels; it counts as shipped only when all of them are. */
export type OrderSplit = EventBase<'order.split', { orderId: string; parcels: number; decidedAt: Instant }>;

export type ParcelScanned = EventBase<
  'parcel.scanned',
  {
    trackingNumber: string;
    carrier?: string;
    stage: ScanStage;
    strength: EvidenceStrength;
    occurredAt: Instant;
    /** The latest the scan can have happened, where its zone or time is uncertain. */
    occurredAtLatest?: Instant;
    occurredAtLocal?: string;
    timeZone?: string;
    zoneSource?: 'event' | 'facility' | 'carrier-default' | 'ship-from' | 'unknown';
    place?: Place;
    rawCode?: string;
    rawText?: string;
    fault?: string;
    /** The scan with this event id (same source) was a mistake and counts no more. */
    retracts?: string;
  }
>;
/** Something the platform or a person found that is fined per incident rather than by a clock. */
export type ViolationReported = EventBase<
  'violation.reported',
  {
    orderId: string;
    kind: string;
    occurredAt: Instant;
    trackingNumber?: string;
    spu?: string;
    count?: number;
    units?: number;
    cases?: number;
    pallets?: number;
    loads?: number;
    chargedMinor?: number;
    tags?: readonly string[];
  }
>;
export type FineLevied = EventBase<
  'fine.levied',
  {
    orderId?: string;
    sellerId?: string;
    platform: string;
    chargeId: string;
    amountMinor: number;
    currency: string;
    leviedAt: Instant;
    reason?: string;
    ruleId?: string;
    reversal?: boolean;
  }
>;
export type WaiverAnnounced = EventBase<
  'waiver.announced',
  {
    waiverId: string;
    ruleIds: readonly string[];
    platform?: string;
    market?: string;
    sellerId?: string;
    region?: string;
    orderId?: string;
    /** Clock-start instants covered: from inclusive, until exclusive. */
    from: Instant;
    until: Instant;
    effect:
      | { kind: 'waive' }
      | { kind: 'extra-days'; days: number }
      | { kind: 'fixed-due'; dueAt: Instant }
      | { kind: 'refund-later'; monthsMin: number; monthsMax: number };
    reason: string;
    revoked?: boolean;
  }
>;
/** A rate as the platform reports it for a shop (late dispatch rate, valid tracking rate, …). */
export type MetricReported = EventBase<
  'metric.reported',
  {
    shopId: string;
    platform: string;
    market: string;
    metric: string;
    /** Decimal share as text, e.g. `"0.1999"`. */
    rate: string;
    numerator?: number;
    denominator?: number;
    base?: number;
    measuredAt: Instant;
  }
>;
/** Points as the platform gave them to a shop, or took them back (`reversal`, same `issueId`). */
export type PointsIssued = EventBase<
  'points.issued',
  {
    shopId: string;
    platform: string;
    market: string;
    metric: string;
    issueId: string;
    /** How many, at least 1; the balance they go to says in which direction. */
    points: number;
    issuedAt: Instant;
    orderId?: string;
    ruleId?: string;
    reason?: string;
    reversal?: boolean;
  }
>;

export type OrderEvent =
  | OrderPlaced
  | OrderAmended
  | OrderCancelled
  | ShipmentConfirmed
  | ParcelLabelled
  | ParcelRelabelled
  | OrderSplit
  | ViolationReported
  | FineLevied;
export type ScanEvent = ParcelScanned;
export type TenantEvent = WaiverAnnounced | MetricReported | PointsIssued;
export type FinelineEvent = OrderEvent | ScanEvent | TenantEvent;
