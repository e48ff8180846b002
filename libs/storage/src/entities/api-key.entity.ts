import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import type { PersonRole } from '../transaction.js';

@Entity('api_key')
export class ApiKeyEntity {
  @PrimaryColumn({ name: 'key_id', type: 'text' })
  keyId!: string;

  @Column({ name: 'tenant_id', type: 'text' })
  tenantId!: string;

  @Column({ type: 'text' })
  name!: string;

  /** SHA-256 of the secret part; the secret itself is shown once and kept nowhere. */
  @Column({ name: 'secret_hash', type: 'bytea', select: false })
  secretHash!: Buffer;

  @Column({ type: 'text' })
  role!: PersonRole;

  @Column({ name: 'seller_id', type: 'text', nullable: true })
  sellerId!: string | null;

  @Column({ name: 'warehouse_id', type: 'text', nullable: true })
  warehouseId!: string | null;

  @Column({ type: 'text', array: true })
  scopes!: string[];

  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true })
  expiresAt!: Date | null;

  @Column({ name: 'revoked_at', type: 'timestamptz', nullable: true })
  revokedAt!: Date | null;

  @Column({ name: 'last_used_at', type: 'timestamptz', nullable: true })
  lastUsedAt!: Date | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
