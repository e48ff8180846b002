import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

@Entity('carrier_endpoint')
export class CarrierEndpointEntity {
  /** Unguessable: it is part of the address that a carrier calls. */
  @PrimaryColumn({ name: 'endpoint_id', type: 'text' })
  endpointId!: string;

  @Column({ name: 'tenant_id', type: 'text' })
  tenantId!: string;

  @Column({ type: 'text' })
  carrier!: string;

  /** Shared with the carrier to sign its calls. */
  @Column({ type: 'text' })
  secret!: string;

  /** Zone of the carrier's times where it names none. */
  @Column({ name: 'time_zone', type: 'text', nullable: true })
  timeZone!: string | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
