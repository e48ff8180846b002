// Minor digits of ISO 4217 currencies. Written out because Intl and ISO disagree: Intl shows HUF and IDR without decimals.

const CODES_BY_DIGITS: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  // The last line left the list recently (ANG 2025, BGN 2026, HRK 2023); past orders still carry them.
  2: `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP
      COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR
      JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN
      NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL
      THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG
      ANG BGN HRK`,
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};

const DIGITS: ReadonlyMap<string, number> = new Map(
  Object.entries(CODES_BY_DIGITS).flatMap(([digits, codes]) =>
    codes.split(/\s+/).map((code): [string, number] => [code, Number(digits)]),
  ),
);

/** Whether `code` is an ISO 4217 currency with minor units (upper case; precious metals and test codes are not money here). */
export function isCurrency(code: string): boolean {
  return DIGITS.has(code);
}

/** Decimals of the currency's minor unit: USD 2, JPY 0, KWD 3, UYW 4. Throws RangeError for an unknown code. */
export function minorDigits(currency: string): number {
  const digits = DIGITS.get(currency);
  if (digits === undefined) throw new RangeError(`unknown currency: ${currency}`);
  return digits;
}

/** An integer amount in minor units as `18.75 USD`, `1875 JPY`, `-0.05 USD`. Throws RangeError for an unknown code or a fraction. */
export function formatMinor(amountMinor: number, currency: string): string {
  const digits = minorDigits(currency);
  if (!Number.isSafeInteger(amountMinor)) throw new RangeError(`not whole minor units: ${amountMinor} ${currency}`);
  const text = String(Math.abs(amountMinor)).padStart(digits + 1, '0');
  const cut = text.length - digits;
  const sign = amountMinor < 0 ? '-' : '';
  return `${sign}${text.slice(0, cut)}${digits > 0 ? '.' : ''}${text.slice(cut)} ${currency}`;
}
