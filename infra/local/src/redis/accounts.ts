import { createHash } from 'node:crypto';
import { rolePassword } from '@vienuviet/database';

/** Redis' account of operators, which may do everything; the others are called as their services. */
const OPERATOR = 'operator';

const passwordOf = (secret: string, account: string): string => rolePassword(secret, `redis:${account}`);

/** The address of Redis as an account of ours. An address of somebody else's Redis is everybody's, as it was given. */
export function redisUrlAs(url: string, secret: string, account: string = OPERATOR): string {
  const own = new URL(url);
  if (own.username !== '' && own.username !== OPERATOR) return url;
  own.username = account;
  own.password = passwordOf(secret, account);
  return own.toString();
}

/** Whether an address is that of a Redis of ours. */
export const hasAccounts = (url: string): boolean => URL.canParse(url) && new URL(url).username === OPERATOR;

/** What services do there: count requests, and nudge each other. */
const COMMANDS = ['info', 'eval', 'get', 'incr', 'expire', 'publish', 'subscribe', 'unsubscribe'];

/** To come in, and nothing of what that kind holds besides: to halt all clients, to end those of others, to see them. */
const CONNECTION = ['+@connection', '-@dangerous'];

/**
 * Redis' access list: nobody comes in without a name, and each service reaches the keys and channels of its own.
 * Passwords stand in it as hashes.
 */
export function accessList(secret: string, services: readonly string[]): string {
  const line = (account: string, ...rules: string[]): string => {
    const hash = createHash('sha256').update(passwordOf(secret, account)).digest('hex');
    return ['user', account, 'on', `#${hash}`, ...rules].join(' ');
  };
  return [
    'user default off',
    line(OPERATOR, '~*', '&*', '+@all'),
    ...services.map((service) =>
      line(
        ...([service, `~rate:{${service}:*`, `&*${service}.*`, '-@all', ...CONNECTION] as const),
        ...COMMANDS.map((command) => `+${command}`),
      ),
    ),
    '',
  ].join('\n');
}
