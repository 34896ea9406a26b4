import { randomUUID } from 'node:crypto';
import { testCodec } from './test-bus.ts';

/** What a message has different from the one that a relay would write. */
export interface Made {
  type?: string;
  data?: object;
  version?: number;
  headers?: Record<string, string | undefined>;
  value?: Buffer | null;
  key?: string | null;
}

/** A message as a relay would write it, with what the test wants different. */
export function message(streamId: string, made: Made = {}) {
  const type = made.type ?? 'parcels.Posted';
  const parcelId = streamId.slice('parcel-'.length);
  const data = made.data ?? { parcelId, weight: 1, occurredAt: 0 };
  const headers: Record<string, string | undefined> = {
    ce_specversion: '1.0',
    ce_id: randomUUID(),
    ce_source: '/services/parcels',
    ce_type: `lv.vienuviet.${type}.v1`,
    ce_time: '2024-01-01T00:00:00.000Z',
    ce_subject: streamId,
    ce_sequence: String(made.version ?? 1),
    ce_storeepoch: 'e1',
    ce_storeposition: '1',
    ...made.headers,
  };
  for (const name of Object.keys(headers)) if (headers[name] === undefined) delete headers[name];
  const value = made.value === undefined ? testCodec().encode(type, data, Buffer.alloc(16)).payload : made.value;
  return { key: made.key === undefined ? streamId : made.key, value, headers: headers as Record<string, string> };
}

export const newStream = (): string => `parcel-${randomUUID()}`;

export const moved = (streamId: string, version: number, depot = 'riga') =>
  message(streamId, {
    type: 'parcels.Moved',
    version,
    data: { parcelId: streamId.slice('parcel-'.length), depot, occurredAt: version },
  });
