// EasyPost's `status` and `status_detail`, and the carriers' own codes it passes on, to our stages. Source: @easypost/api 8.9.0
// types/Tracker (10 statuses, 28 details); carrier codes from USPS APIs v3, the UPS and FedEx tracking appendices, DHL Express.
import type { EventDataInput } from '#contracts';

export type Stage = EventDataInput<'parcel.scanned'>['stage'];
export type Strength = EventDataInput<'parcel.scanned'>['strength'];
export interface Meaning {
  readonly stage: Stage;
  readonly strength: Strength;
}

const means = (stage: Stage, strength: Strength): Meaning => ({ stage, strength });
const LABEL = means('label-created', 'none');
const CLAIMED = means('handed-over-unconfirmed', 'claimed');
const ACCEPTED = means('accepted', 'direct');
const IN_TRANSIT = means('in-transit', 'implied');
const UNKNOWN = means('unknown', 'none');

/** What a status means by itself. Only states in which the carrier must hold the parcel imply acceptance. */
const STATUS: Readonly<Record<string, Meaning>> = {
  pre_transit: LABEL,
  in_transit: IN_TRANSIT,
  out_for_delivery: means('out-for-delivery', 'implied'),
  delivered: means('delivered', 'implied'),
  available_for_pickup: means('available-for-pickup', 'implied'),
  return_to_sender: means('returning', 'implied'),
  failure: means('exception', 'none'),
  cancelled: means('cancelled', 'none'),
  error: means('exception', 'none'),
  unknown: UNKNOWN,
};

/** Details that say more than their status; every other detail leaves the status as it is. */
const DETAIL: Readonly<Record<string, Readonly<Record<string, Meaning>>>> = {
  in_transit: {
    // A label notice under a physical status is still only a label notice.
    label_created: LABEL,
    received_at_origin_facility: ACCEPTED,
    out_for_delivery: means('out-for-delivery', 'implied'),
    arrived_at_pickup_location: means('available-for-pickup', 'implied'),
    return: means('returning', 'implied'),
    refused: means('delivery-attempted', 'implied'),
    delivery_exception: means('delivery-attempted', 'implied'),
    ...inTransitTrouble(),
  },
  failure: {
    lost: means('lost', 'none'),
    expired: means('expired', 'none'),
    return: means('returning', 'implied'),
    refused: means('delivery-attempted', 'implied'),
    delivery_exception: means('delivery-attempted', 'implied'),
    damaged: means('exception', 'implied'),
    cancelled: means('cancelled', 'none'),
  },
  error: { expired: means('expired', 'none'), cancelled: means('cancelled', 'none') },
};

function inTransitTrouble(): Record<string, Meaning> {
  const details = [
    'address_correction',
    'damaged',
    'delayed',
    'failure',
    'held',
    'missorted',
    'transit_exception',
    'weather_delay',
  ];
  return {
    ...Object.fromEntries(details.map((detail) => [detail, means('exception', 'implied')])),
    lost: means('lost', 'none'),
  };
}

/**
 * The carrier's own code, which knows more than the aggregator: TM is a trailer of parcels nobody scanned one by one, PU a
 * courier at the door. Only codes whose meaning the carrier publishes.
 */
const CARRIER_CODE: Readonly<Record<string, Readonly<Record<string, Meaning>>>> = {
  usps: { '03': ACCEPTED, OA: ACCEPTED, UA: ACCEPTED, GX: LABEL, MA: LABEL, TM: CLAIMED },
  ups: { OR: ACCEPTED, MP: LABEL },
  fedex: { PU: ACCEPTED, PX: ACCEPTED, OF: ACCEPTED, OC: LABEL, OX: LABEL, EP: LABEL, AP: CLAIMED },
  dhlexpress: { PU: ACCEPTED },
};

/**
 * Stage and strength of one tracking detail. `pre_transit` is never raised to acceptance, whatever the carrier's code says;
 * a status that is not EasyPost's is `unknown`, never guessed.
 */
export function meaningOf(status: string, detail: string, carrier: string, code: string): Meaning {
  const general = own(STATUS, status);
  if (!general) return UNKNOWN;
  const byCode = own(own(CARRIER_CODE, carrier) ?? {}, code.toUpperCase());
  const mayUseCode = status === 'in_transit' || (status === 'pre_transit' && byCode?.strength === 'claimed');
  if (byCode && mayUseCode) return byCode;
  return own(own(DETAIL, status) ?? {}, detail) ?? general;
}

function own<Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
