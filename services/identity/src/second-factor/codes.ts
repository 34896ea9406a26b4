import { Secret, TOTP } from 'otpauth';

/** As authentication apps take it, all of them: SHA-1, six digits, 30 seconds. */
const periodSeconds = 30;
const digits = 6;

/** Periods that a device's clock may be off, before and after. */
const drift = 1;

/** 160 bits, as RFC 4226 recommends. */
export const newSecret = (): string => new Secret({ size: 20 }).base32;

const totpOf = (secret: string, label = ''): TOTP =>
  new TOTP({ issuer: 'Vienuviet', label, digits, period: periodSeconds, secret: Secret.fromBase32(secret) });

/** The address that a device reads from the picture. */
export const enrolmentAddress = (secret: string, accountId: string): string => totpOf(secret, accountId).toString();

/** The period that a code is of, counted from 1970; undefined for a code that is not right at this time. */
export function stepOf(secret: string, code: string, now: Date): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const timestamp = now.getTime();
  const delta = totpOf(secret).validate({ token: code, timestamp, window: drift });
  return delta === null ? undefined : Math.floor(timestamp / (periodSeconds * 1000)) + delta;
}
