import type { AvroSchema } from '../contracts/avro-schema.ts';
import { type Contract, newestOf } from '../contracts/contracts.ts';
import { normalForm } from '../contracts/identity.ts';
import type { Problem } from './problem.ts';

/**
 * A name means one thing: `lv.vienuviet.intake.Channel` has the same symbols in the newest version of every event that
 * uses it. Otherwise a client that reads two of them takes one list for the other.
 */
export function sharedNameProblems(contracts: Iterable<Contract>): Problem[] {
  const first = new Map<string, { form: string; file: string }>();
  const problems: Problem[] = [];
  for (const contract of contracts) {
    if (contract.experimental) continue;
    const { schema, file } = newestOf(contract);
    for (const named of namedIn(schema)) {
      const form = JSON.stringify(normalForm(named));
      const known = first.get(named.name);
      if (known === undefined) first.set(named.name, { form, file });
      else if (known.form !== form)
        problems.push({ file, problem: `${named.name} is another one than in ${known.file}` });
    }
  }
  return problems;
}

type Named = Extract<AvroSchema, { name: string }>;

function namedIn(schema: AvroSchema, found: Map<string, Named> = new Map()): Iterable<Named> {
  if (schema.type === 'array') namedIn(schema.items, found);
  if (schema.type === 'map') namedIn(schema.values, found);
  if (schema.type === 'union') for (const branch of schema.branches) namedIn(branch, found);
  if (!('name' in schema) || found.has(schema.name)) return found.values();
  found.set(schema.name, schema);
  if (schema.type === 'record') for (const field of schema.fields) namedIn(field.type, found);
  return found.values();
}
