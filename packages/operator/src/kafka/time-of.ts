import { InvalidArgumentError } from 'commander';

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * An instant as people write it: `2026-11-20`, `2026-11-20T08:30` (UTC unless it says otherwise), or how long ago:
 * `90s`, `15m`, `2h`, `3d`. Milliseconds.
 */
export function timeOf(text: string, now: number): number {
  const ago = /^(\d+)([smhd])$/.exec(text);
  if (ago !== null) return now - Number(ago[1]) * (units[ago[2] ?? ''] ?? 0);
  const written = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?(Z|[+-]\d\d:\d\d)?$/.exec(text);
  const withZone = written !== null && written[1] === undefined && text.includes('T') ? `${text}Z` : text;
  const instant = written === null ? Number.NaN : Date.parse(withZone);
  if (Number.isNaN(instant)) {
    throw new InvalidArgumentError('must be a time like 2026-11-20T08:30, or how long ago: 90s, 15m, 2h, 3d');
  }
  return instant;
}
