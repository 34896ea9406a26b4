import { isIPv6 } from 'node:net';

/**
 * What limits count an address as: of IPv6 its network of 64 bits, since one machine has all addresses of that and could
 * come from another one each time.
 */
export function networkOf(address: string): string {
  const [plain = ''] = address.toLowerCase().split('%');
  if (!isIPv6(plain)) return address;
  // As RFC 5952 writes it: IPv4 within it in hexadecimal, no leading zeros.
  const text = new URL(`http://[${plain}]`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(text);
  if (mapped) {
    const bits = (Number.parseInt(mapped[1]!, 16) << 16) | Number.parseInt(mapped[2]!, 16);
    return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
  }
  const [head = '', tail] = text.split('::');
  const parts = (half: string) => half.split(':').filter(Boolean);
  const left = tail === undefined ? 0 : 8 - parts(head).length - parts(tail).length;
  const all = [...parts(head), ...Array<string>(left).fill('0'), ...parts(tail ?? '')];
  return `${all.slice(0, 4).join(':')}::/64`;
}
