import Type from 'typebox';

/** Clients send options of newer registries; what is not known here is left aside, as Confluent's does. */
export const options = <Properties extends Parameters<typeof Type.Object>[0]>(known: Properties) =>
  Type.Object(known, { additionalProperties: true });

export const noOptions = options({});

export const Subject = Type.Object({ subject: Type.String() });
export const SubjectVersion = Type.Object({ subject: Type.String(), version: Type.String() });
export const Id = Type.Object({ id: Type.String() });

export const Registered = Type.Object({
  subject: Type.String(),
  version: Type.Integer(),
  id: Type.Integer(),
  schema: Type.String({ description: 'The Avro schema as JSON text.' }),
});

export const SchemaBody = Type.Object(
  {
    schema: Type.String({ minLength: 1 }),
    schemaType: Type.Optional(Type.String()),
    references: Type.Optional(Type.Array(Type.Unknown())),
  },
  { additionalProperties: true },
);

/** Everybody reads contracts: they say what events look like, and hold nobody's data. */
export const anybody = { policy: { public: true, why: 'contracts are public and hold no data' } } as const;
