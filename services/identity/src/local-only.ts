import { IdentityError } from './errors.ts';

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/;

/** The issuer gives anybody a token: it refuses to run in production, or where another machine could reach it. */
export function refuseBeyondThisMachine({ host, environment }: { host: string; environment: string }): void {
  if (environment === 'production') {
    throw new IdentityError('production', 'the local issuer of sample people does not run with NODE_ENV=production');
  }
  if (!loopback.test(host)) {
    throw new IdentityError(
      'not_loopback',
      `the local issuer of sample people listens on loopback only, not on ${host}`,
    );
  }
}
