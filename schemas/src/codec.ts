import avro from 'avsc';
import { type Contract, readContracts } from './contract-files.ts';
import { SchemaError } from './errors.ts';

/** Turns events into framed Avro messages and back. */
export interface EventCodec {
  /** Encodes with the newest version of the type. Throws `SchemaError` when the data do not fit. */
  encode(type: string, data: object): { schemaId: number; payload: Buffer };
  /** Decodes a framed message to the newest version of its type. Throws `SchemaError`. */
  decode(payload: Buffer): { type: string; schemaId: number; data: unknown };
}

/** Confluent's frame: a zero byte, the schema's id as four bytes big-endian, the Avro body. */
const FRAME_BYTES = 5;

type Resolver = ReturnType<avro.Type['createResolver']>;

interface Known {
  readonly contract: Contract;
  readonly avroType: avro.Type;
}

/** A codec for the contracts of a folder. */
export function createCodec(folder: string): EventCodec {
  const contracts = readContracts(folder);
  const newest = new Map<string, Known>();
  const byId = new Map<number, Known>();
  for (const contract of contracts) {
    const known = { contract, avroType: avro.Type.forSchema(contract.schema) };
    byId.set(contract.id, known);
    newest.set(contract.type, known);
  }
  const resolvers = new Map<number, Resolver>();

  return {
    encode(type, data) {
      const known = newest.get(type);
      if (known === undefined) throw new SchemaError('unknown_type', `there is no event ${type}`);
      const { avroType, contract } = known;
      if (!avroType.isValid(data, { noUndeclaredFields: true })) {
        throw new SchemaError('invalid_data', `${type} does not fit its schema at: ${faultsOf(avroType, data)}`);
      }
      const body = avroType.toBuffer(data);
      const payload = Buffer.allocUnsafe(FRAME_BYTES + body.length);
      payload[0] = 0;
      payload.writeInt32BE(contract.id, 1);
      body.copy(payload, FRAME_BYTES);
      return { schemaId: contract.id, payload };
    },
    decode(payload) {
      if (payload.length < FRAME_BYTES || payload[0] !== 0) {
        throw new SchemaError('undecodable', 'the message does not start with a zero byte and a schema id');
      }
      const schemaId = payload.readInt32BE(1);
      const writer = byId.get(schemaId);
      if (writer === undefined) throw new SchemaError('unknown_schema', `no schema has the id ${schemaId}`);
      const reader = newest.get(writer.contract.type)!;
      try {
        const data = readBody(writer, reader, payload);
        return { type: writer.contract.type, schemaId, data };
      } catch (cause) {
        throw new SchemaError('undecodable', `the bytes are no ${writer.contract.type}`, { cause });
      }
    },
  };

  function readBody(writer: Known, reader: Known, payload: Buffer): unknown {
    const body = payload.subarray(FRAME_BYTES);
    if (writer === reader) return reader.avroType.fromBuffer(body);
    let resolver = resolvers.get(writer.contract.id);
    if (resolver === undefined) {
      resolver = reader.avroType.createResolver(writer.avroType);
      resolvers.set(writer.contract.id, resolver);
    }
    return reader.avroType.fromBuffer(body, resolver);
  }
}

function faultsOf(avroType: avro.Type, data: object): string {
  const paths: string[] = [];
  avroType.isValid(data, { noUndeclaredFields: true, errorHook: (path) => paths.push(path.join('.')) });
  return paths.join(', ') || 'its top';
}
