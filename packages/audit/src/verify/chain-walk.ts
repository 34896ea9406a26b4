import type pg from 'pg';
import { contentHash, linkHash, noHash } from '../records/hashes.ts';
import { type AuditRecord, recordColumns } from '../records/record.ts';
import type { Fault } from './fault.ts';

/** Where a checkpoint says that a chain was. */
export interface Mark {
  readonly sequence: number;
  readonly hash: Buffer;
  /** When it said so, milliseconds since 1970. */
  readonly signedAt: number;
}

/** A record that says it is so much older than a checkpoint that does not know it was put in later. */
const SLACK_MS = 600_000;

/** Later than any record: reading begins behind a sequence. */
const FAR_AHEAD = new Date('9999-12-31T00:00:00Z');

const pageSql = `
  select ${recordColumns} from audit.records
   where chain_id = $1 and (sequence, recorded_at) > ($2, $3) order by sequence, recorded_at limit $4`;
const belowSql = `
  select sequence from audit.records
   where chain_id = $1 and sequence <= $2 and recorded_at >= $3 order by sequence limit 1`;
const headSql = 'select sequence from audit.chains where chain_id = $1';
const sameSql = 'select count(*)::int as records from audit.records where chain_id = $1 and sequence = $2';

export interface ChainWalkSettings {
  readonly pool: pg.Pool;
  readonly chainId: string;
  /** What was closed of the chain, and until when; nothing of it is read. */
  readonly closed?: { readonly sequence: number; readonly hash: Buffer; readonly until: Date } | undefined;
  readonly pageSize: number;
  onRecords(count: number): void;
}

/** One chain, checked from its beginning to where it is told, a page in memory at a time. */
export class ChainWalk {
  readonly #settings: ChainWalkSettings;
  #sequence: number;
  #hash: Buffer;
  /** The newest mark that was reached. */
  #mark: Mark;
  #begun = false;
  /** Records read ahead, and where reading goes on behind them. */
  #page: AuditRecord[] = [];
  #next = 0;
  #readTo: readonly [sequence: number, recordedAt: Date];

  constructor(settings: ChainWalkSettings) {
    this.#settings = settings;
    this.#sequence = settings.closed?.sequence ?? 0;
    this.#hash = settings.closed?.hash ?? noHash;
    this.#mark = { sequence: this.#sequence, hash: this.#hash, signedAt: 0 };
    this.#readTo = [this.#sequence, FAR_AHEAD];
  }

  /** Of the last record that was checked. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Checks the records up to a mark, and that the last of them is the one that was signed. */
  async to(mark: Mark): Promise<Fault | undefined> {
    const { chainId } = this.#settings;
    const fault = await this.#walk(mark.sequence);
    if (fault !== undefined) return fault;
    if (this.#sequence < mark.sequence) return this.#missing(mark.sequence);
    if (this.#sequence === mark.sequence && !this.#hash.equals(mark.hash)) {
      const first = Math.min(this.#mark.sequence + 1, mark.sequence);
      return { what: 'altered', chainId, sequence: first, to: mark.sequence };
    }
    this.#mark = mark;
    return undefined;
  }

  /** Checks what no checkpoint has signed yet; `head` is where the chain itself says that it ends. */
  async toEnd(head: number, newestCheckpointAt: number): Promise<Fault | undefined> {
    this.#mark = { ...this.#mark, signedAt: newestCheckpointAt };
    const fault = await this.#walk(Number.MAX_SAFE_INTEGER);
    if (fault !== undefined) return fault;
    if (this.#sequence < head) return this.#missing(head);
    // More were written meanwhile, and then the chain knows them; or somebody put them there.
    const known = this.#sequence === head ? head : await this.#head();
    const { chainId } = this.#settings;
    return this.#sequence > known ? { what: 'inserted', chainId, sequence: known + 1 } : undefined;
  }

  async #head(): Promise<number> {
    const { pool, chainId } = this.#settings;
    const { rows } = await pool.query<{ sequence: number }>(headSql, [chainId]);
    return Number(rows[0]?.sequence ?? 0);
  }

  #missing(to: number): Fault {
    const { chainId } = this.#settings;
    if (this.#sequence === 0) return { what: 'chain_removed', chainId, sequence: to };
    return { what: 'removed', chainId, sequence: this.#sequence + 1, to, newest: true };
  }

  async #walk(to: number): Promise<Fault | undefined> {
    const { chainId } = this.#settings;
    if (!this.#begun) {
      const below = await this.#firstBelow();
      if (below !== undefined) return { what: 'inserted', chainId, sequence: below };
      this.#begun = true;
    }
    while (this.#sequence < to) {
      const record = await this.#read();
      if (record === undefined) return undefined;
      const fault = await this.#check(record);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  /** The next record of the chain, whatever its sequence. */
  async #read(): Promise<AuditRecord | undefined> {
    const { pool, chainId, pageSize, onRecords } = this.#settings;
    if (this.#next === this.#page.length) {
      const values = [chainId, ...this.#readTo, pageSize];
      const { rows } = await pool.query<AuditRecord>({ name: 'audit_walk', text: pageSql, values });
      this.#page = rows.map((row) => ({ ...row, sequence: Number(row.sequence) }));
      this.#next = 0;
      const last = this.#page.at(-1);
      if (last === undefined) return undefined;
      this.#readTo = [last.sequence, last.recordedAt];
    }
    onRecords(1);
    return this.#page[this.#next++];
  }

  /** A record where none can be: before the first, or among what was closed. */
  async #firstBelow(): Promise<number | undefined> {
    const { pool, chainId, closed } = this.#settings;
    const { rows } = await pool.query<{ sequence: number }>(belowSql, [
      ...[chainId, this.#sequence, closed?.until ?? new Date(0)],
    ]);
    return rows[0] && Number(rows[0].sequence);
  }

  async #check(record: AuditRecord): Promise<Fault | undefined> {
    const { chainId } = this.#settings;
    const { sequence, recordedAt } = record;
    const expected = this.#sequence + 1;
    if (sequence > expected) return { what: 'removed', chainId, sequence: expected, to: sequence - 1, newest: false };
    if (sequence < expected) return { what: 'inserted', chainId, sequence };
    const content = contentHash(record);
    const isWhole = linkHash(record, content).equals(record.hash);
    if (!isWhole || !record.previous.equals(this.#hash)) return this.#explain(record, content, isWhole);
    if (recordedAt.getTime() < this.#mark.signedAt - SLACK_MS) return { what: 'inserted', chainId, sequence };
    this.#sequence = sequence;
    this.#hash = record.hash;
    return undefined;
  }

  /** Why a record does not stand where it should. */
  async #explain(record: AuditRecord, content: Buffer, isWhole: boolean): Promise<Fault> {
    const { pool, chainId } = this.#settings;
    const { sequence } = record;
    const { rows } = await pool.query<{ records: number }>(sameSql, [chainId, sequence]);
    if (rows[0]!.records > 1) return { what: 'inserted', chainId, sequence };
    // Whole by itself, it names another record before it than the one that is there: that one was hashed anew.
    if (isWhole) {
      const before = Math.max(sequence - 1, 1);
      return { what: 'altered', chainId, sequence: before, to: before };
    }
    const from = await this.#placeOf(record, content);
    return from === undefined
      ? { what: 'altered', chainId, sequence, to: sequence }
      : { what: 'reordered', chainId, sequence, from };
  }

  /** The place for which a record was hashed. */
  async #placeOf(record: AuditRecord, content: Buffer): Promise<number | undefined> {
    const { pool, chainId } = this.#settings;
    const { rows } = await pool.query<{ last: number | null }>(
      'select max(sequence) as last from audit.records where chain_id = $1',
      [chainId],
    );
    const last = Number(rows[0]!.last ?? 0);
    for (let sequence = 1; sequence <= last; sequence++) {
      if (linkHash({ ...record, sequence }, content).equals(record.hash)) return sequence;
    }
    return undefined;
  }
}
