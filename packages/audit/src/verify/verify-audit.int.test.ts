/** Each way of changing what is on record, done to a service's own database by somebody who may switch triggers off. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SignedCheckpoint } from '../checkpoints/checkpoint.ts';
import { derivedSigningKey, readSigningKey } from '../checkpoints/signing-key.ts';
import { contentHash, linkHash } from '../records/hashes.ts';
import { type AuditRecord, recordColumns } from '../records/record.ts';
import { type AuditBed, auditBed, write } from '../tests/audit-bed.ts';

let bed: AuditBed;
/** Ids of the chains of two writers, in the order of their ids. */
let one: string;
let two: string;
let copies: SignedCheckpoint[];

/** Two writers with 30 records each, signed three times; then five more each that nobody has signed. */
beforeEach(async () => {
  bed = await auditBed();
  const writers = [bed.recorder(), bed.recorder()];
  for (let round = 0; round < 3; round++) {
    for (const writer of writers) await write(writer, 10);
    await bed.sign();
  }
  for (const writer of writers) await write(writer, 5);
  for (const writer of writers) await writer.close();
  const { rows } = await bed.owner.query('select chain_id from audit.chains order by chain_id');
  [one, two] = rows.map(({ chain_id: id }) => id);
  copies = await bed.copies();
});
afterEach(() => bed.close());

const faultNow = async (elsewhere = true) =>
  (await bed.verify(elsewhere ? { checkpointsElsewhere: copies } : {})).fault;
const at = (chainId: string, sequence: number) => [chainId, sequence];
const remove = (from: number, to: number, chainId = two) =>
  bed.tamper('delete from audit.records where chain_id = $1 and sequence between $2 and $3', [chainId, from, to]);

test('what nobody touched is whole; what is not signed yet is counted', async () => {
  const progress: number[] = [];
  const result = await bed.verify({
    checkpointsElsewhere: copies,
    pageSize: 10,
    onProgress: ({ records, total }) => progress.push(records / total),
  });
  expect(result).toEqual({
    ...{ fault: undefined, records: 70, chains: 2, checkpoints: 3, copies: 3, unsigned: 10 },
    signedUntil: new Date(copies.at(-1)!.signedAt),
  });
  expect(progress).toEqual([1, 2, 3, 4, 5, 6, 7].map((tenth) => tenth / 7));
});

test('it can be checked again while records are written and signed', async () => {
  const writer = bed.recorder();
  let writing = true;
  const busy = (async () => {
    while (writing) {
      await write(writer, 20);
      await bed.sign();
    }
  })();
  for (let round = 0; round < 5; round++) expect(await faultNow()).toBeUndefined();
  writing = false;
  await busy;
  await writer.close();
});

describe('a record that was', () => {
  test.each([
    ['said', `code = 'allowed'`],
    ['was done by', `actor_id = 'somebody.else'`],
    ['happened at', `at = at - interval '1 hour'`],
    ['was recorded at', `recorded_at = recorded_at + interval '1 second'`],
    ['was about', `about = 'case-2'`],
    ['was of', `person_ref = '\\x01'`],
    ['had as its id', 'record_id = gen_random_uuid()'],
    ['had as its hash', `hash = sha256('x')`],
    ['names before it', `previous = sha256('x')`],
  ])('altered in what it %s is named', async (_what, change) => {
    await bed.tamper(`update audit.records set ${change} where chain_id = $1 and sequence = $2`, at(two, 14));
    expect(await faultNow()).toEqual({ what: 'altered', chainId: two, sequence: 14, to: 14 });
  });

  test('removed is named, and so are several', async () => {
    await remove(14, 14);
    expect(await faultNow()).toMatchObject({ what: 'removed', chainId: two, sequence: 14, to: 14, newest: false });
    await remove(15, 17);
    expect(await faultNow()).toMatchObject({ what: 'removed', sequence: 14, to: 17 });
  });

  test('the first of its chain is missed, too', async () => {
    await remove(1, 1);
    expect(await faultNow()).toMatchObject({ what: 'removed', chainId: two, sequence: 1, to: 1 });
  });

  test('inserted is named: between others, before the first, behind the last', async () => {
    const insert = (sequence: number, columns = recordColumnNames) =>
      bed.tamper(
        `insert into audit.records (${recordColumnNames})
         select ${columns.replace('sequence', `${sequence}`)} from audit.records where chain_id = $1 and sequence = $2`,
        at(two, 10),
      );
    await insert(14, recordColumnNames.replace('recorded_at', `recorded_at + interval '1 second'`));
    expect(await faultNow()).toEqual({ what: 'inserted', chainId: two, sequence: 14 });
    const clear = () =>
      bed.tamper(
        `delete from audit.records where sequence <> $2
            and record_id = (select record_id from audit.records where chain_id = $1 and sequence = $2)`,
        at(two, 10),
      );
    await clear();
    expect(await faultNow()).toBeUndefined();
    await insert(0);
    expect(await faultNow()).toEqual({ what: 'inserted', chainId: two, sequence: 0 });
    await clear();
    await appendForged(36);
    expect(await faultNow()).toEqual({ what: 'inserted', chainId: two, sequence: 36 });
  });

  test('put in the place of another is told with the place where it stood', async () => {
    await swap(12, 25);
    expect(await faultNow()).toEqual({ what: 'reordered', chainId: two, sequence: 12, from: 25 });
  });

  test('and its neighbour, exchanged, are told likewise', async () => {
    await swap(12, 13);
    expect(await faultNow()).toEqual({ what: 'reordered', chainId: two, sequence: 12, from: 13 });
  });
});

describe('who knows how records are hashed', () => {
  test('and hashes an altered one anew is found by the next', async () => {
    await rewrite(14, 14);
    expect(await faultNow()).toEqual({ what: 'altered', chainId: two, sequence: 14, to: 14 });
  });

  test('and all behind it, is found by the next checkpoint', async () => {
    await rewrite(14, 35);
    expect(await faultNow()).toEqual({ what: 'altered', chainId: two, sequence: 11, to: 20 });
  });

  test('and signs the checkpoints with a key of his own, is found by the signature', async () => {
    await rewrite(14, 35);
    const key = readSigningKey(derivedSigningKey('another secret', 'audit-test'));
    await bed.tamper(`delete from audit.checkpoints where number > 1`);
    await import('../checkpoints/sign.ts').then(({ signIfDue }) =>
      signIfDue({ service: 'audit-test', pool: bed.pool, store: bed.store, key }, { afterMs: 0, afterRecords: 1 }),
    );
    expect(await faultNow(false)).toMatchObject({ what: 'checkpoint_altered', checkpoint: 2 });
  });

  test('cannot put in a chain that says it is older than checkpoints that do not know it', async () => {
    const chainId = `ffffffff-ffff-4fff-bfff-${randomUUID().slice(-12)}`;
    const [model] = (await bed.owner.query<AuditRecord>(`select ${recordColumns} from audit.records limit 1`)).rows;
    const forged = { ...model!, chainId, sequence: 1, previous: Buffer.alloc(32), recordId: randomUUID() };
    const recordedAt = new Date(model!.recordedAt.getTime() - 3_600_000);
    const link = { ...forged, recordedAt };
    await bed.tamper(
      `insert into audit.records (${recordColumnNames})
       select $1::uuid, 1, $2::timestamptz, $3::uuid, ${contentNames}, $4::bytea, $5::bytea
         from audit.records where record_id = $6`,
      [chainId, recordedAt, forged.recordId, link.previous, linkHash(link, contentHash(forged)), model!.recordId],
    );
    await bed.tamper('insert into audit.chains (chain_id, sequence) values ($1, 1)', [chainId]);
    expect(await faultNow()).toEqual({ what: 'inserted', chainId, sequence: 1 });
  });
});

describe('the newest records', () => {
  test('cut off are missed by the chain, unless its end is cut too; and then by the checkpoint', async () => {
    await remove(33, 35);
    expect(await faultNow()).toMatchObject({ what: 'removed', chainId: two, sequence: 33, to: 35, newest: true });
    await bed.tamper('update audit.chains set sequence = 25 where chain_id = $1', [two]);
    await remove(26, 35);
    expect(await faultNow()).toMatchObject({ what: 'removed', chainId: two, sequence: 26, to: 30, newest: true });
  });

  test('cut off with the checkpoints that know them are missed by the copies elsewhere, and not without', async () => {
    const kept = copies[1]!.chains.find(({ chainId }) => chainId === two)!.sequence;
    for (const chainId of [one, two]) await remove(kept + 1, 35, chainId);
    await bed.tamper(
      `update audit.chains c set sequence = $1,
              hash = (select hash from audit.records r where r.chain_id = c.chain_id and r.sequence = $1)`,
      [kept],
    );
    await bed.tamper('delete from audit.checkpoints where number > 2');
    expect(await faultNow(false)).toBeUndefined();
    expect(await faultNow()).toMatchObject({ what: 'removed', sequence: 21, to: 30, newest: true });
  });

  test('not signed yet, cut off with the end of the chain, are what nobody can miss: the window', async () => {
    await remove(31, 35);
    await bed.tamper(
      `update audit.chains c set sequence = 30,
              hash = (select hash from audit.records r where r.chain_id = c.chain_id and r.sequence = 30)
        where chain_id = $1`,
      [two],
    );
    expect(await faultNow()).toBeUndefined();
  });
});

test('a whole writer’s chain that was removed is named', async () => {
  await remove(1, 35);
  await bed.tamper('delete from audit.chains where chain_id = $1', [two]);
  expect(await faultNow()).toEqual({ what: 'chain_removed', chainId: two, sequence: 10 });
});

describe('a checkpoint', () => {
  test('removed is named, between others and as the newest', async () => {
    await bed.tamper('delete from audit.checkpoints where number = 3');
    expect(await faultNow(false)).toBeUndefined();
    expect(await faultNow()).toEqual({ what: 'checkpoint_removed', checkpoint: 3 });
    await bed.tamper('delete from audit.checkpoints where number = 1');
    expect(await faultNow(false)).toEqual({ what: 'checkpoint_removed', checkpoint: 1 });
  });

  test.each([
    ['number', 'number = 20'],
    ['time', `signed_at = signed_at + interval '1 second'`],
    ['chains', `chains = chains - 0`],
    ['hash', `hash = sha256('x')`],
    ['signature', `signature = decode(repeat('00', 64), 'hex')`],
    ['name of the one before', `previous = sha256('x')`],
  ])('whose %s was altered is named', async (_what, change) => {
    await bed.tamper(`update audit.checkpoints set ${change} where number = 3`);
    expect(await faultNow(false)).toMatchObject({ checkpoint: 3 });
  });

  test('that is not the same elsewhere is named', async () => {
    const other = copies.map((copy) => (copy.number === 2 ? { ...copy, hash: 'f'.repeat(64) } : copy));
    expect((await bed.verify({ checkpointsElsewhere: other })).fault).toMatchObject({ checkpoint: 2 });
  });

  test('that was published twice, as a relay may, is no fault', async () => {
    const twice = [...copies, ...copies.slice(1)];
    expect((await bed.verify({ checkpointsElsewhere: twice })).fault).toBeUndefined();
  });

  test('is believed under a key that was used before, when it is named', async () => {
    const next = readSigningKey(derivedSigningKey('the next secret', 'audit-test'));
    expect(await bed.verify({ publicKeys: [next.publicKey] })).toMatchObject({ fault: { checkpoint: 1 } });
    expect(await bed.verify({ publicKeys: [next.publicKey, bed.key.publicKey] })).toMatchObject({ fault: undefined });
  });
});

const contentNames =
  'at, kind, code, actor_id, role, purpose, method, route, request_id, about, person_ref, person_sealed';
const recordColumnNames = `chain_id, sequence, recorded_at, record_id, ${contentNames}, previous, hash`;

/** Two records change their places, with all that they are. */
async function swap(first: number, second: number): Promise<void> {
  for (const [from, to] of [
    [first, -1],
    [second, first],
    [-1, second],
  ]) {
    await bed.tamper('update audit.records set sequence = $3 where chain_id = $1 and sequence = $2', [two, from, to]);
  }
}

/** A record that follows the last one as it should, and that no `append` has written. */
async function appendForged(sequence: number): Promise<void> {
  const read = `select ${recordColumns} from audit.records where chain_id = $1 and sequence = $2`;
  const [last] = (await bed.owner.query<AuditRecord>(read, [two, sequence - 1])).rows;
  const forged = { ...last!, sequence, recordId: randomUUID(), previous: last!.hash };
  await bed.tamper(
    `insert into audit.records (${recordColumnNames})
     select chain_id, $3, recorded_at, $4::uuid, ${contentNames}, hash, $5::bytea
       from audit.records where chain_id = $1 and sequence = $2`,
    [two, sequence - 1, sequence, forged.recordId, linkHash(forged, contentHash(forged))],
  );
}

/** Alters the first of these records and hashes all of them anew. */
async function rewrite(from: number, to: number): Promise<void> {
  const read = `select ${recordColumns} from audit.records where chain_id = $1 and sequence between $2 and $3 order by 2`;
  const { rows } = await bed.owner.query<AuditRecord>(read, [two, from, to]);
  let previous = rows[0]!.previous;
  for (const [index, row] of rows.entries()) {
    const record = { ...row, previous, code: index === 0 ? 'allowed' : row.code };
    const hash = linkHash(record, contentHash(record));
    await bed.tamper(
      'update audit.records set code = $3, previous = $4, hash = $5 where chain_id = $1 and sequence = $2',
      [two, record.sequence, record.code, previous, hash],
    );
    previous = hash;
  }
  if (to === 35) await bed.tamper('update audit.chains set hash = $2 where chain_id = $1', [two, previous]);
}
