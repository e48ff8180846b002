// Rates that measure weeks or months are kept for each of them: an order is fined by the rate of the one it belongs to, whenever it is judged. What
// was measured before is of no period yet; `track` counts anew and asks for the orders to be judged again.
export const RATE_PERIODS_SQL = `
ALTER TABLE shop_rate ADD COLUMN period text NOT NULL DEFAULT '',
  DROP CONSTRAINT shop_rate_pkey, ADD PRIMARY KEY (tenant_id, rate_id, shop_id, origin, period);
ALTER TABLE shop_rate_side ADD COLUMN period text NOT NULL DEFAULT '',
  DROP CONSTRAINT shop_rate_side_pkey, ADD PRIMARY KEY (rate_id, tenant_id, shop_id, period);
`;
export const RATE_PERIODS_DOWN_SQL = `
DELETE FROM shop_rate r USING shop_rate n WHERE (r.tenant_id, r.rate_id, r.shop_id, r.origin) = (n.tenant_id, n.rate_id, n.shop_id, n.origin)
  AND r.period < n.period;
DELETE FROM shop_rate_side WHERE period <> '';
ALTER TABLE shop_rate DROP COLUMN period, ADD PRIMARY KEY (tenant_id, rate_id, shop_id, origin);
ALTER TABLE shop_rate_side DROP COLUMN period, ADD PRIMARY KEY (rate_id, tenant_id, shop_id);
`;
