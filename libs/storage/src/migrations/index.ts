// Migrations in the order they run. The digits at the end of a class name are TypeORM's: they order and name it.
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

class Schema1769990400000 implements MigrationInterface {
  readonly name = 'Schema1769990400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(SCHEMA_SQL);
  }

  async down(): Promise<void> {
    throw new Error('the first schema is not taken back: drop the database');
  }
}

class DaysOffAndPoints1770076800000 implements MigrationInterface {
  readonly name = 'DaysOffAndPoints1770076800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(DAYS_OFF_AND_POINTS_SQL);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE days_off, point_event');
  }
}

class Exposure1770163200000 implements MigrationInterface {
  readonly name = 'Exposure1770163200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(EXPOSURE_SQL);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX deadline_missed, escalation_time_left, escalation_breach_acknowledged;
      DROP FUNCTION note_changes CASCADE; DROP TABLE exposure_cell, exposure_change, overtaken;
      ALTER TABLE deadline DROP COLUMN warned_at, DROP COLUMN warned_minor`);
  }
}

class Growth1795651200000 implements MigrationInterface {
  readonly name = 'Growth1795651200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(GROWTH_SQL);
  }

  async down(): Promise<void> {
    throw new Error('evidence is not put back into one table: restore a backup');
  }
}

class LeanDeadlines1795737600000 implements MigrationInterface {
  readonly name = 'LeanDeadlines1795737600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(LEAN_DEADLINES_SQL);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX deadline_rule;
      CREATE INDEX deadline_rule_shop ON deadline (tenant_id, rule_id, shop_id, due_at)`);
  }
}

class EscalationAnnouncement1795824000000 implements MigrationInterface {
  readonly name = 'EscalationAnnouncement1795824000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ESCALATION_ANNOUNCEMENT_SQL);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE escalation_announcement; ALTER TABLE escalation ADD COLUMN queued_at timestamptz;
      CREATE INDEX escalation_undispatched ON escalation (queued_at NULLS FIRST, escalation_id)
        WHERE dispatched_at IS NULL AND status = 'open'`);
  }
}

class ClosedOrders1796256000000 implements MigrationInterface {
  readonly name = 'ClosedOrders1796256000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CLOSED_ORDERS_SQL);
  }

  async down(): Promise<void> {
    throw new Error('closed orders are not put back by a migration: restore a backup');
  }
}

class ReadUntil1796342400000 implements MigrationInterface {
  readonly name = 'ReadUntil1796342400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(READ_UNTIL_SQL);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE log_offset DROP COLUMN read_until');
  }
}

class DeadlineByKey1796428800000 implements MigrationInterface {
  readonly name = 'DeadlineByKey1796428800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(DEADLINE_BY_KEY_SQL);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX deadline_rule;
      CREATE INDEX deadline_rule ON deadline (tenant_id, rule_id, due_at)`);
  }
}

class OwnRows1796515200000 implements MigrationInterface {
  readonly name = 'OwnRows1796515200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(OWN_ROWS_SQL);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(OWN_ROWS_DOWN_SQL);
  }
}

class WarehouseFeed1796601600000 implements MigrationInterface {
  readonly name = 'WarehouseFeed1796601600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(WAREHOUSE_FEED_SQL);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE warehouse_feed');
  }
}

class WaitingNotices1796688000000 implements MigrationInterface {
  readonly name = 'WaitingNotices1796688000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(WAITING_NOTICES_SQL);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX notice_waiting');
  }
}

export const MIGRATIONS = [
  Schema1769990400000,
  DaysOffAndPoints1770076800000,
  Exposure1770163200000,
  Growth1795651200000,
  LeanDeadlines1795737600000,
  EscalationAnnouncement1795824000000,
  ClosedOrders1796256000000,
  ReadUntil1796342400000,
  DeadlineByKey1796428800000,
  OwnRows1796515200000,
  WarehouseFeed1796601600000,
  WaitingNotices1796688000000,
];
