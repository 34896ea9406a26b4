import type { EventCodec } from '../types.ts';

/**
 * Frames JSON as the real codec frames Avro (0, four bytes of schema id, body), so that the store's own tests do not
 * depend on committed contracts. A type is `<anything>#<schema id>` or has the schema id 1.
 */
export const jsonCodec: EventCodec = {
  encode(type, data) {
    const schemaId = Number(type.split('#')[1] ?? 1);
    const frame = Buffer.alloc(5);
    frame.writeUInt32BE(schemaId, 1);
    return { schemaId, payload: Buffer.concat([frame, Buffer.from(JSON.stringify({ type, data }))]) };
  },
  decode(payload) {
    const { type, data } = JSON.parse(payload.toString('utf8', 5));
    return { type, schemaId: payload.readUInt32BE(1), data };
  },
};
