// Migrations in the order they run. The digits at the end of a name are TypeORM's: they order and name it.
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { SCHEMA_SQL } from './0001-schema.js';
import { DAYS_OFF_AND_POINTS_SQL } from './0002-days-off-and-points.js';
import { EXPOSURE_SQL } from './0003-exposure.js';
import { GROWTH_SQL } from './0004-growth.js';
import { LEAN_DEADLINES_SQL } from './0005-lean-deadlines.js';
import { ESCALATION_ANNOUNCEMENT_SQL } from './0006-escalation-announcement.js';
import { CLOSED_ORDERS_SQL } from './0007-closed-orders.js';
import { READ_UNTIL_SQL } from './0008-read-until.js';
import { DEADLINE_BY_KEY_SQL } from './0009-deadline-by-key.js';
import { OWN_ROWS_DOWN_SQL, OWN_ROWS_SQL } from './0010-own-rows.js';
import { WAREHOUSE_FEED_SQL } from './0011-warehouse-feed.js';
import { WAITING_NOTICES_SQL } from './0012-waiting-notices.js';
import { UNJUDGED_ORDERS_SQL } from './0013-unjudged-orders.js';
import { REMINDERS_SQL } from './0014-reminders.js';
import { LADDER_OF_DEADLINE_DOWN_SQL, LADDER_OF_DEADLINE_SQL } from './0015-ladder-of-deadline.js';
import { OVERTAKEN_COPIES_DOWN_SQL, OVERTAKEN_COPIES_SQL } from './0016-overtaken-copies.js';
import { RATE_SIDES_SQL } from './0017-rate-sides.js';
import { CHARGES_OF_PLATFORMS_SQL } from './0018-charges-of-platforms.js';
import { RATE_PERIODS_DOWN_SQL, RATE_PERIODS_SQL } from './0019-rate-periods.js';
import { EXPECTED_COPIES_DOWN_SQL, EXPECTED_COPIES_SQL } from './0020-expected-copies.js';

/** `down` takes it back, or says why that is not done. */
function migration(name: string, up: string, down: string | { readonly kept: string }): new () => MigrationInterface {
  // A class under a computed key is named by it, and a migration by its class.
  const named = {
    [name]: class implements MigrationInterface {
      async up(runner: QueryRunner): Promise<void> {
        await runner.query(up);
      }

      async down(runner: QueryRunner): Promise<void> {
        if (typeof down !== 'string') throw new Error(down.kept);
        await runner.query(down);
      }
    },
  };
  return named[name]!;
}

export const MIGRATIONS = [
  migration('Schema1769990400000', SCHEMA_SQL, { kept: 'the first schema is not taken back: drop the database' }),
  migration('DaysOffAndPoints1770076800000', DAYS_OFF_AND_POINTS_SQL, 'DROP TABLE days_off, point_event'),
  migration(
    'Exposure1770163200000',
    EXPOSURE_SQL,
    `DROP INDEX deadline_missed, escalation_time_left, escalation_breach_acknowledged;
      DROP FUNCTION note_changes CASCADE; DROP TABLE exposure_cell, exposure_change, overtaken;
      ALTER TABLE deadline DROP COLUMN warned_at, DROP COLUMN warned_minor`,
  ),
  migration('Growth1795651200000', GROWTH_SQL, { kept: 'evidence is not put back into one table: restore a backup' }),
  migration(
    'LeanDeadlines1795737600000',
    LEAN_DEADLINES_SQL,
    `DROP INDEX deadline_rule;
      CREATE INDEX deadline_rule_shop ON deadline (tenant_id, rule_id, shop_id, due_at)`,
  ),
  migration(
    'EscalationAnnouncement1795824000000',
    ESCALATION_ANNOUNCEMENT_SQL,
    `DROP TABLE escalation_announcement; ALTER TABLE escalation ADD COLUMN queued_at timestamptz;
      CREATE INDEX escalation_undispatched ON escalation (queued_at NULLS FIRST, escalation_id)
        WHERE dispatched_at IS NULL AND status = 'open'`,
  ),
  migration('ClosedOrders1796256000000', CLOSED_ORDERS_SQL, {
    kept: 'closed orders are not put back by a migration: restore a backup',
  }),
  migration('ReadUntil1796342400000', READ_UNTIL_SQL, 'ALTER TABLE log_offset DROP COLUMN read_until'),
  migration(
    'DeadlineByKey1796428800000',
    DEADLINE_BY_KEY_SQL,
    `DROP INDEX deadline_rule;
      CREATE INDEX deadline_rule ON deadline (tenant_id, rule_id, due_at)`,
  ),
  migration('OwnRows1796515200000', OWN_ROWS_SQL, OWN_ROWS_DOWN_SQL),
  migration('WarehouseFeed1796601600000', WAREHOUSE_FEED_SQL, 'DROP TABLE warehouse_feed'),
  migration('WaitingNotices1796688000000', WAITING_NOTICES_SQL, 'DROP INDEX notice_waiting'),
  migration('UnjudgedOrders1796774400000', UNJUDGED_ORDERS_SQL, {
    kept: 'orders that are not judged yet would stay so: let track judge them first, then drop table unjudged_order',
  }),
  migration('Reminders1796860800000', REMINDERS_SQL, {
    kept: 'several notices of an escalation to the same recipient do not fit the key before: restore a backup',
  }),
  migration('LadderOfDeadline1796860900000', LADDER_OF_DEADLINE_SQL, LADDER_OF_DEADLINE_DOWN_SQL),
  migration('OvertakenCopies1796860950000', OVERTAKEN_COPIES_SQL, OVERTAKEN_COPIES_DOWN_SQL),
  migration('RateSides1796861400000', RATE_SIDES_SQL, 'DROP TABLE shop_rate_side'),
  migration('ChargesOfPlatforms1796861500000', CHARGES_OF_PLATFORMS_SQL, {
    kept: 'charges of two platforms with the same number do not fit the key before: restore a backup',
  }),
  migration('RatePeriods1796861700000', RATE_PERIODS_SQL, RATE_PERIODS_DOWN_SQL),
  migration('ExpectedCopies1796861900000', EXPECTED_COPIES_SQL, EXPECTED_COPIES_DOWN_SQL),
];
