// What each event means and when it is sent, for the schemas and the event page.
import type { EventName } from './events/index.js';

export interface EventNote {
  readonly meaning: string;
  readonly when: string;
}

export const EVENT_NOTES: Readonly<Record<EventName, EventNote>> = {
  'order.placed': {
    meaning:
      'A buyer placed an order on a platform. It carries everything the rules need to find and time its deadlines.',
    when: 'Once per order, as soon as it is known. A second one for the same order replaces the facts of the first where it is newer.',
  },
  'order.amended': {
    meaning: 'Facts of an order changed: an address, a clock start the platform gave later, its own deadline, a tag.',
    when: 'Whenever a fact changes. `changes` holds only what changed; a list such as `lines` is given whole.',
  },
  'order.cancelled': {
    meaning: 'The order will not be shipped, and by whose will.',
    when: 'When the cancellation is known. Whether it voids a deadline or is itself fined, the rule says.',
  },
  'order.split': {
    meaning: 'The order travels in several parcels and counts as shipped only when all of them are.',
    when: 'When the number of parcels is decided; again if it changes.',
  },
  'shipment.confirmed': {
    meaning: 'The seller confirmed shipment in the platform. It is a claim, not a scan.',
    when: 'At the moment of the click or the API call, not at the date typed into the form.',
  },
  'parcel.labelled': {
    meaning: 'A tracking number was uploaded to the platform for (part of) an order. It joins the parcel to the order.',
    when: 'Once per tracking number. Some clocks start here, for example the time a parcel may stay without a scan.',
  },
  'parcel.relabelled': {
    meaning: 'A parcel got another tracking number; the old one no longer carries the order.',
    when: 'When the replacement is uploaded to the platform.',
  },
  'parcel.scanned': {
    meaning: 'One courier scan, normalised: a stage, and how strongly it proves that the carrier holds the parcel.',
    when: 'Once per scan, in any order, also before the label is known. A corrected scan retracts the wrong one by its id.',
  },
  'violation.reported': {
    meaning:
      'Something that is fined per incident rather than by a clock: a wrong label, a short delivery, a forged scan.',
    when: 'When the platform reports it or a person finds it.',
  },
  'fine.levied': {
    meaning: 'The platform charged a fine, or took one back (`reversal`).',
    when: 'Per charge on a settlement statement. It is matched to the fine that was projected.',
  },
  'waiver.announced': {
    meaning: 'The platform waives or moves deadlines that begin within a period: a storm, a holiday, an outage.',
    when: 'When it is announced; again with `revoked` if it is taken back.',
  },
  'points.issued': {
    meaning: 'The platform gave a shop points (violation points, health points), or took them back (`reversal`).',
    when: 'Per issue, as the platform shows it. Points lapse by the rulebook; with `orderId` and `ruleId` they take the place of those the rule foresaw.',
  },
  'metric.reported': {
    meaning: 'A rate of a shop as the platform reports it, for rules that fine only above a rate.',
    when: 'Whenever the platform shows a new figure.',
  },
};
