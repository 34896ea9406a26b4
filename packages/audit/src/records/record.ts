import type { AccessKind } from '@vienuviet/http';

/** What a record says; the rest of its row is its place in a chain. */
export interface RecordContent {
  readonly recordId: string;
  readonly at: Date;
  readonly kind: AccessKind;
  readonly code: string;
  readonly actorId: string | null;
  readonly role: string | null;
  readonly purpose: string | null;
  readonly method: string;
  readonly route: string;
  readonly requestId: string;
  readonly about: string | null;
  readonly personRef: Buffer | null;
  readonly personSealed: Buffer | null;
}

/** Where a record stands. */
export interface Link {
  readonly chainId: string;
  /** 1, 2, 3 … in its chain. */
  readonly sequence: number;
  readonly recordedAt: Date;
  readonly previous: Buffer;
  readonly hash: Buffer;
}

export type AuditRecord = RecordContent & Link;

/** Columns of `audit.records` under the names of `AuditRecord`. */
export const recordColumns = `
  chain_id as "chainId", sequence, recorded_at as "recordedAt", previous, hash, record_id as "recordId", at, kind, code,
  actor_id as "actorId", role, purpose, method, route, request_id as "requestId", about, person_ref as "personRef",
  person_sealed as "personSealed"`;
