/** The TypeScript types of the newest version of every contract. */
import { type AvroSchema, namespaceOf, type RecordSchema, shortName } from '../contracts/avro-schema.ts';
import { type Contracts, namespaceRoot, newestOf } from '../contracts/contracts.ts';

const head = `// Made from the .avsc files by schemas/src/generate.ts; do not edit.
`;

const importSealed = `import type { Sealed } from '../sealed.ts';
`;

/** The text of `generated/events.ts`. */
export function typesOf(contracts: Contracts): string {
  const named = new Map<string, string>();
  const events: string[] = [];
  for (const contract of contracts.byType.values()) {
    declare(newestOf(contract).schema, named);
    events.push(contract.type);
  }
  const declared = [...named].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, text]) => text);
  const sealed = declared.some((text) => /: Sealed\b/.test(text)) ? [importSealed] : [];
  const map = events.map((type) => `  readonly '${type}': ${typeName(`${namespaceRoot}.${type}`)};`);
  const list = events.map((type) => `  '${type}',`);
  return [
    head,
    ...sealed,
    ...declared,
    `/** Data of every event, by type. */\nexport interface EventMap {\n${map.join('\n')}\n}\n`,
    `/** Every event type. */\nexport const eventTypes = [\n${list.join('\n')}\n] as const;\n`,
  ].join('\n');
}

/** `lv.vienuviet.intake.Channel` → `IntakeChannel`. */
function typeName(name: string): string {
  const owner = shortName(namespaceOf(name));
  return owner.charAt(0).toUpperCase() + owner.slice(1) + shortName(name);
}

/** Declares the named types of a schema, each once. */
function declare(schema: AvroSchema, named: Map<string, string>): void {
  if (schema.type === 'union') for (const branch of schema.branches) declare(branch, named);
  if (schema.type === 'array') declare(schema.items, named);
  if (schema.type === 'map') declare(schema.values, named);
  if ((schema.type !== 'record' && schema.type !== 'enum') || named.has(schema.name)) return;
  if (schema.type === 'enum') {
    const symbols = schema.symbols.map((symbol) => `  | '${symbol}'`).join('\n');
    named.set(schema.name, `${comment(schema.doc, '')}export type ${typeName(schema.name)} =\n${symbols};\n`);
    return;
  }
  named.set(schema.name, '');
  for (const field of schema.fields) declare(field.type, named);
  named.set(schema.name, interfaceOf(schema));
}

function interfaceOf(schema: RecordSchema): string {
  const fields = schema.fields.map(
    (field) => `${comment(field.doc, '  ')}  readonly ${field.name}: ${referenceTo(field.type)};\n`,
  );
  return `${comment(schema.doc, '')}export interface ${typeName(schema.name)} {\n${fields.join('')}}\n`;
}

function referenceTo(schema: AvroSchema): string {
  switch (schema.type) {
    case 'null':
      return 'null';
    case 'boolean':
      return 'boolean';
    case 'int':
    case 'long':
    case 'float':
    case 'double':
      return 'number';
    case 'string':
      return 'string';
    case 'bytes':
      return 'Sealed';
    case 'fixed':
      return 'Buffer';
    case 'array':
      return `readonly ${inBrackets(schema.items)}[]`;
    case 'map':
      return `Readonly<Record<string, ${referenceTo(schema.values)}>>`;
    case 'union':
      return [...schema.branches]
        .sort((one, other) => Number(one.type === 'null') - Number(other.type === 'null'))
        .map(referenceTo)
        .join(' | ');
    default:
      return typeName(schema.name);
  }
}

const inBrackets = (schema: AvroSchema): string =>
  schema.type === 'union' || schema.type === 'array' ? `(${referenceTo(schema)})` : referenceTo(schema);

const comment = (doc: string | undefined, indent: string): string =>
  doc === undefined ? '' : `${indent}/** ${doc.replaceAll('*/', '* /')} */\n`;
