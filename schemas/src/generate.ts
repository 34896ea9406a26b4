/** `node schemas/src/generate.ts`: TypeScript types of all events. `--check`: exits 1 when they are not up to date. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Contract, readSchemaFiles } from './contract-files.ts';
import { schemasFolder } from './folder.ts';

type Node = { [key: string]: unknown } | string | Node[];
interface Field {
  name: string;
  doc?: string;
  type: Node;
}

const primitives: Record<string, string> = {
  string: 'string',
  int: 'number',
  long: 'number',
  float: 'number',
  double: 'number',
  boolean: 'boolean',
  bytes: 'Buffer',
  null: 'null',
};

/** One module with a namespace of types for each owner and the map from event type to data. */
export function typesOf(contracts: readonly Omit<Contract, 'id'>[]): string {
  const newest = new Map(contracts.map((contract) => [contract.type, contract]));
  const blocks = [...newest.values()].map(({ type, schema }) => eventType(type, schema as unknown as Node));
  const entries = [...newest.keys()].map((type) => `  '${type}': ${interfaceName(type)};`);
  return [
    '// Generated from the contracts by schemas/src/generate.ts; do not edit.',
    '',
    ...blocks,
    '/** Data of every event, by type. */',
    'export interface EventMap {',
    ...entries,
    '}',
    '',
    '/** Every event type that has a contract. */',
    `export const eventTypes = [\n${[...newest.keys()].map((type) => `  '${type}',`).join('\n')}\n] as const;`,
    '',
  ].join('\n');
}

const interfaceName = (type: string): string => {
  const [owner = '', record = ''] = type.split('.');
  return `${owner[0]?.toUpperCase()}${owner.slice(1)}${record}`;
};

function eventType(type: string, schema: Node): string {
  const named = new Map<string, string>();
  const { doc, fields } = schema as { doc?: string; fields: Field[] };
  return `/** ${doc ?? type} */\nexport interface ${interfaceName(type)} ${record(fields, named, '')}\n`;
}

function record(fields: Field[], named: Map<string, string>, indent: string): string {
  const lines = fields.flatMap(({ name, doc, type }) => {
    const comment = doc === undefined ? [] : [`${indent}  /** ${doc} */`];
    return [...comment, `${indent}  readonly ${name}: ${typeText(type, named, `${indent}  `)};`];
  });
  return `{\n${lines.join('\n')}\n${indent}}`;
}

function typeText(node: Node, named: Map<string, string>, indent: string): string {
  if (typeof node === 'string') return primitives[node] ?? named.get(node) ?? 'never';
  if (Array.isArray(node))
    return node
      .map((branch) => typeText(branch, named, indent))
      .reverse()
      .join(' | ');
  const { type, name } = node as { type: Node; name?: string };
  const text = complexText(node as Record<string, unknown>, named, indent);
  if (name !== undefined && (type === 'enum' || type === 'record')) named.set(name, text);
  return text;
}

function complexText(node: Record<string, unknown>, named: Map<string, string>, indent: string): string {
  switch (node['type']) {
    case 'enum':
      return (node['symbols'] as string[]).map((symbol) => `'${symbol}'`).join(' | ');
    case 'array':
      return `readonly (${typeText(node['items'] as Node, named, indent)})[]`;
    case 'map':
      return `Readonly<Record<string, ${typeText(node['values'] as Node, named, indent)}>>`;
    case 'record':
      return record(node['fields'] as Field[], named, indent);
    default:
      return typeText(node['type'] as Node, named, indent);
  }
}

if (import.meta.main) {
  const path = join(schemasFolder, 'src/generated/events.ts');
  const text = typesOf(readSchemaFiles(schemasFolder));
  const current = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (!process.argv.includes('--check')) writeFileSync(path, text);
  else if (current !== text) {
    process.stderr.write('schemas/src/generated/events.ts is not up to date: run node schemas/src/generate.ts\n');
    process.exitCode = 1;
  }
}
