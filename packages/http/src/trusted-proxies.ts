import { BlockList, isIP } from 'node:net';
import { AppError } from './errors.ts';

/**
 * Checks a list of addresses and networks (CIDR) of proxies. Throws `settings` for what is none, and for a network that
 * holds every address: anybody could write then whose request it is.
 */
export function readTrustedProxies(list: readonly string[] = []): string[] | false {
  for (const entry of list) {
    if (!isAddressOrNetwork(entry)) {
      throw new AppError('settings', `${JSON.stringify(entry)} is no address or network of a trusted proxy`);
    }
  }
  return list.length === 0 ? false : [...list];
}

function isAddressOrNetwork(text: string): boolean {
  const [address = '', length, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (length === undefined) return true;
  if (!/^[1-9]\d{0,2}$/.test(length)) return false;
  try {
    new BlockList().addSubnet(address, Number(length), family === 4 ? 'ipv4' : 'ipv6');
    return true;
  } catch {
    return false;
  }
}
