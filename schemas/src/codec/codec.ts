import type avro from 'avsc';
import { type Contract, type Contracts, newestOf, readContracts } from '../contracts/contracts.ts';
import { giveIds } from '../contracts/give-ids.ts';
import { ContractError, SchemaError } from '../errors.ts';
import { avroTypeOf } from './avro-type.ts';
import { bytesCheckOf } from './bytes-check.ts';
import { checkOf, type DataCheck } from './data-check.ts';
import { bodyAt, schemaIdIn, writeFrame } from './frame.ts';

export interface EncodedEvent {
  readonly schemaId: number;
  /** Frame and Avro body: what is stored and what goes to Kafka. */
  readonly payload: Buffer;
}

export interface DecodedEvent {
  /** `intake.CaseRegistered`. */
  readonly type: string;
  /** The schema that it was written with. */
  readonly schemaId: number;
  /** As the newest version of the type has it, whatever version it was written with. */
  readonly data: unknown;
}

export interface EventCodec {
  /** Encodes with the newest version of the type. Throws `SchemaError` `unknown_type` or `invalid_data`. */
  encode(type: string, data: object): EncodedEvent;
  /** Decodes to the newest version of the type. Throws `SchemaError` `undecodable` or `unknown_schema`. */
  decode(payload: Buffer): DecodedEvent;
  /** Type and version that an id stands for. Throws `SchemaError` `unknown_schema`. */
  schemaOf(schemaId: number): { readonly type: string; readonly version: number };
}

/**
 * Most bytes of one event. Kafka takes messages of up to 1 MiB; an event that was appended and that Kafka then
 * refuses would hold up everything behind it for ever.
 */
export const maximumPayload = 512 * 1024;

interface Writer {
  readonly schemaId: number;
  readonly check: DataCheck;
  readonly type: avro.Type;
}

interface Reader {
  readonly type: string;
  readonly version: number;
  readonly check: (bytes: Buffer, from: number) => void;
  read(bytes: Buffer): unknown;
}

/**
 * The codec of a folder of contracts, read once, now. For tests: without a `lock.json` the schemas are numbered as they
 * come, and identities are not compared. The committed contracts have their own, `codec`.
 */
export function createCodec(folder: string): EventCodec {
  const contracts = readContracts(folder);
  return codecOf({ ...contracts, lock: giveIds(contracts).lock });
}

/** The codec of contracts that were read. Throws `ContractError` when a schema has no id or does not resolve. */
export function codecOf(contracts: Contracts): EventCodec {
  const writers = new Map<string, Writer>();
  const readers = new Map<number, Reader>();
  const ids = new Map(contracts.lock.map(({ id, subject, version }) => [`${subject} ${version}`, id]));
  for (const contract of contracts.byType.values()) addContract(contract, ids, writers, readers);
  let scratch = Buffer.allocUnsafe(16 * 1024);

  /** Writes into the scratch, which grows to what the largest event so far needed; returns the end. */
  const write = (type: avro.Type, data: object): number => {
    const end = type.encode(data, scratch, bodyAt);
    if (end >= 0) return end;
    if (scratch.length - end > maximumPayload) return scratch.length - end;
    scratch = Buffer.allocUnsafe(2 * (scratch.length - end));
    return type.encode(data, scratch, bodyAt);
  };

  const readerOf = (schemaId: number): Reader => {
    const reader = readers.get(schemaId);
    if (reader !== undefined) return reader;
    throw new SchemaError('unknown_schema', `No schema has the id ${schemaId}; newer contracts may have it.`);
  };

  return {
    encode(type, data) {
      const writer = writers.get(type);
      if (writer === undefined) throw new SchemaError('unknown_type', `There is no event ${type}.`);
      const fault = writer.check(data);
      if (fault !== undefined) {
        const path = fault.path.replace(/^\./, '');
        throw new SchemaError('invalid_data', `${type}${fault.path} ${fault.problem}.`, { path });
      }
      const end = write(writer.type, data);
      if (end > maximumPayload) {
        throw new SchemaError('invalid_data', `${type} takes ${end} bytes; at most ${maximumPayload} can be sent.`, {
          path: '',
        });
      }
      const payload = Buffer.allocUnsafe(end);
      scratch.copy(payload, 0, 0, end);
      writeFrame(payload, writer.schemaId);
      return { schemaId: writer.schemaId, payload };
    },
    decode(payload) {
      const schemaId = schemaIdIn(payload);
      const reader = readerOf(schemaId);
      try {
        reader.check(payload, bodyAt);
        return { type: reader.type, schemaId, data: reader.read(payload) };
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new SchemaError('undecodable', `The bytes are no ${reader.type} v${reader.version}: ${why}.`, { cause });
      }
    },
    schemaOf(schemaId) {
      const { type, version } = readerOf(schemaId);
      return { type, version };
    },
  };
}

function addContract(
  contract: Contract,
  ids: ReadonlyMap<string, number>,
  writers: Map<string, Writer>,
  readers: Map<number, Reader>,
): void {
  const newest = newestOf(contract);
  const newestType = avroTypeOf(newest.json);
  for (const version of contract.versions) {
    const schemaId = ids.get(`${version.subject} ${version.version}`);
    if (schemaId === undefined) throw new ContractError(`${version.file} has no id in lock.json: run generate.ts`);
    const resolver = version === newest ? undefined : newestType.createResolver(avroTypeOf(version.json));
    readers.set(schemaId, {
      type: contract.type,
      version: version.version,
      check: bytesCheckOf(version.schema),
      read: (bytes) => newestType.decode(bytes, bodyAt, resolver).value,
    });
    if (version === newest) writers.set(contract.type, { schemaId, check: checkOf(newest.schema), type: newestType });
  }
}
