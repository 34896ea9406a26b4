import type { EventCodec } from '@vienuviet/event-store';
import type { SealedField, ToBeSealed } from '@vienuviet/schemas';
import { isEnvelope } from './envelope/envelope.ts';
import { PrivacyError } from './errors.ts';

/**
 * A codec that seals the personal fields of an event when it is encoded, bound to its id, and lets nothing else into
 * them: what is forgotten to be sealed is not written. `sealedFieldsOf` tells the personal fields of a type.
 */
export function sealingCodec(codec: EventCodec, sealedFieldsOf: (type: string) => readonly SealedField[]): EventCodec {
  return {
    decode: (payload) => codec.decode(payload),
    encode(type, data, eventId) {
      const fields = sealedFieldsOf(type);
      return codec.encode(type, fields.length === 0 ? data : sealed(type, data as Data, eventId, fields), eventId);
    },
  };
}

type Data = Readonly<Record<string, unknown>>;

function sealed(type: string, data: Data, eventId: Buffer, fields: readonly SealedField[]): object {
  return fields.reduce((changed, { path, subject }) => {
    const field = path.join('.');
    return withValue(changed, path, (value) => {
      if (value === null || value === undefined || isEnvelope(value)) return value;
      if (!isToBeSealed(value)) {
        throw new PrivacyError('envelope', `${type}.${field} is neither sealed nor to be sealed`);
      }
      if (value.subjectId !== valueAt(data, subject)) {
        throw new PrivacyError('other_subject', `${type}.${field} belongs to another person than the event says`);
      }
      return value.sealedFor({ within: eventId, field });
    });
  }, data);
}

/** A copy with one value changed, deep inside; the rest is shared. What is not there stays so. */
function withValue(data: Data, [name, ...rest]: readonly string[], change: (value: unknown) => unknown): Data {
  const value = data[name!];
  if (rest.length === 0) return { ...data, [name!]: change(value) };
  return isData(value) ? { ...data, [name!]: withValue(value, rest, change) } : data;
}

const valueAt = (data: Data, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, name) => (isData(value) ? value[name] : undefined), data);

const isData = (value: unknown): value is Data => typeof value === 'object' && value !== null;

const isToBeSealed = (value: unknown): value is ToBeSealed =>
  isData(value) && typeof value['sealedFor'] === 'function' && typeof value['subjectId'] === 'string';
