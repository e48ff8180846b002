// Exact money: integer minor units of an ISO 4217 currency. No floating point ever touches an amount.

/** An amount in integer minor units (cents for USD, whole yen for JPY) of an ISO 4217 currency. */
export interface Money {
  readonly amountMinor: number;
  readonly currency: string;
}
