// Each platform numbers its charges by itself: the same number of two platforms is two charges, of which one replaced the other.
export const CHARGES_OF_PLATFORMS_SQL = `
ALTER TABLE levied_fine DROP CONSTRAINT levied_fine_pkey, ADD PRIMARY KEY (tenant_id, platform, charge_id, reversal);
`;
