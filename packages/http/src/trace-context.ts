import { randomFillSync } from 'node:crypto';

/** W3C Trace Context, level 1: who called, and this request's own span in the same trace. */
export interface TraceContext {
  readonly traceId: string;
  /** For the meta of events that this request makes, and for calls it makes. */
  readonly traceparent: string;
}

const pattern = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(?:-.*)?$/;

/** Continues the trace of a `traceparent` header, or starts one when there is none or it is not well formed. */
export function continueTrace(header: string | string[] | undefined): TraceContext {
  const known = typeof header === 'string' && header.length <= 512 ? pattern.exec(header) : null;
  const traceId = known?.[1] ?? randomHex(16);
  // Only the flag "sampled" is passed on; others are not ours to keep (level 1, 3.2.2.5).
  const sampled = known === null ? '00' : (Number.parseInt(known[2] ?? '0', 16) & 1).toString().padStart(2, '0');
  return { traceId, traceparent: `00-${traceId}-${randomHex(8)}-${sampled}` };
}

/** Drawn a page at a time: one call of the generator for each request was a tenth of the CPU of a small answer. */
const pool = Buffer.alloc(4_096);
let used = pool.length;

function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}
