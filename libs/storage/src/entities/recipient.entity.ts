import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

@Entity('recipient')
export class RecipientEntity {
  /** Decimal text of a bigint. */
  @PrimaryGeneratedColumn('identity', { name: 'recipient_id', type: 'bigint', generatedIdentity: 'ALWAYS' })
  recipientId!: string;

  @Column({ name: 'tenant_id', type: 'text' })
  tenantId!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  channel!: 'email' | 'webhook';

  /** An e-mail address, or the https address of a webhook. */
  @Column({ type: 'text' })
  address!: string;

  /** Signing secret of a webhook (`whsec_…`). */
  @Column({ type: 'text', nullable: true, select: false })
  secret!: string | null;

  @Column({ type: 'text' })
  language!: 'en' | 'zh';

  @Column({ name: 'time_zone', type: 'text' })
  timeZone!: string;

  /** Only this seller's shipments; null for every seller. */
  @Column({ name: 'seller_id', type: 'text', nullable: true })
  sellerId!: string | null;

  @Column({ name: 'warehouse_id', type: 'text', nullable: true })
  warehouseId!: string | null;

  /** Only these ladder steps; null for every step. */
  @Column({ type: 'text', array: true, nullable: true })
  steps!: string[] | null;

  /** Least expected fine, minor units as decimal text of a bigint. */
  @Column({ name: 'minimum_minor', type: 'bigint' })
  minimumMinor!: string;

  @Column({ name: 'disabled_at', type: 'timestamptz', nullable: true })
  disabledAt!: Date | null;

  @Column({ name: 'disabled_reason', type: 'text', nullable: true })
  disabledReason!: string | null;
}
