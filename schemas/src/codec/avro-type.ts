import avro from 'avsc';

/** avsc's type: longs are numbers, logical types stay what they are made of, unions are plain values. */
export const avroTypeOf = (json: object): avro.Type =>
  avro.Type.forSchema(json as avro.Schema, { wrapUnions: 'never', omitRecordMethods: true });
