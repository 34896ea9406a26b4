import { IdentityError } from './errors.ts';

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/;

export const isLoopback = (host: string): boolean => loopback.test(host);

/** Outside production anybody is given a token of a sample person: where another machine could ask, nothing starts. */
export function refuseBeyondThisMachine(host: string): void {
  if (isLoopback(host)) return;
  throw new IdentityError(
    'not_loopback',
    `with sample people identity listens on loopback only, not on ${host}; in production say NODE_ENV=production`,
  );
}
