type Schema = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A schema as it stands in the document: a choice of texts becomes an `enum`, which says the same. Of an `anyOf` of
 * constants Swagger UI offers the first one alone, and generated clients get a type for each.
 */
export function withEnums<Value>(schema: Value): Value {
  if (Array.isArray(schema)) return schema.map(withEnums) as Value;
  if (!isObject(schema)) return schema;
  const { anyOf, ...others } = schema;
  const codes = codesOf(anyOf);
  const named = codes === undefined ? schema : { ...others, type: 'string', enum: codes };
  return Object.fromEntries(Object.entries(named).map(([name, value]) => [name, withEnums(value)])) as Value;
}

function codesOf(anyOf: unknown): string[] | undefined {
  if (!Array.isArray(anyOf)) return undefined;
  const codes = anyOf.map((one) => (isObject(one) ? one['const'] : undefined));
  return codes.every((code) => typeof code === 'string') ? codes : undefined;
}
