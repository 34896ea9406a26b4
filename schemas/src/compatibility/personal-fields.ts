/**
 * Fields that are called like personal data. They are sealed, or named here as public with the reason: events are kept
 * for ever, and no later version could make bytes of a text, so whatever gets an id in clear stays in clear.
 *
 * A name shows what somebody meant to keep, not what will be in it; the formats of strings are the other half of the
 * guard. It errs towards refusing, since a line below costs less than a name in every copy of a topic.
 */
import type { AvroSchema, RecordSchema } from '../contracts/avro-schema.ts';

interface PublicField {
  readonly path: string;
  readonly events: readonly string[];
  readonly because: string;
}

/** What only sounds personal. */
export const publicFields: readonly PublicField[] = [
  {
    path: 'name',
    events: ['intake.CentreOpened', 'intake.CentreChanged'],
    because: 'what a centre is called',
  },
  {
    path: 'municipalityName',
    events: ['intake.CentreOpened', 'intake.CentreChanged'],
    because: 'what a municipality is called',
  },
  {
    path: 'address',
    events: ['intake.CentreOpened', 'intake.CentreChanged'],
    because: 'where a centre is open to everybody',
  },
  {
    path: 'description.holderName',
    events: ['intake.ServiceListed', 'intake.ServiceChanged', 'intake.ServiceRelisted'],
    because: 'what an institution or municipality is called',
  },
  {
    path: 'certificateName',
    events: ['partnergateway.SubscriptionOpened'],
    because: 'the format ties it to the registration number of an agency',
  },
];

/** Parts of a name, in lower case without the humps, that mean one thing wherever they stand. */
const anywhere = new RegExp(
  [
    'pers(on|onal|onas)?(code|kod)|identity(number|code|document)|nationalid|passport|socialsecurity',
    '(first|last|given|family|middle|maiden|full|sur)name|uzv[aā]rd',
    'phone|mobile|telefon|t[aā]lru[nņ]|email|epast|eaddress|eadres',
    'bankaccount|accountnumber|ipaddress',
  ].join('|'),
);

/** When and where somebody was born, as a date, a year, a place or a yes. */
const born = /birth|born|dzim(san|u|tais)/;

/** Words of a name that identify or reach a person. */
const identifying = words(
  ...['name names surname vards mail mails fax address addresses adrese street iela apartment'],
  ...['postcode postal pk iban'],
);

/** Words that say what somebody is or has, even as yes or no or one of a list. */
const describing = words(
  ...['age gender sex nationality citizenship ethnicity religion disability disabled health diagnosis'],
  ...['illness pregnant marital income debt photo'],
);

/** Words for what people say; only a format for words could hold it. */
const speaking = words(
  ...['note notes comment comments remark remarks message text body question answer complaint wish'],
  ...['explanation description summary content reason piezime piezimes'],
);

/** Who is meant: any text or number about them is theirs. */
const people = words(
  ...['client clients customer customers person persons people applicant resident citizen representative guardian'],
  ...['child children spouse parent relative patient recipient addressee'],
);

/** Formats of strings that take words of anybody's choice. */
const wordFormats = new Set<unknown>(['name', 'title', 'address', 'source', 'public_text', undefined]);

/** Problems of the fields of an event that sound personal and are neither sealed nor named as public. */
export function personalFieldProblems(type: string, schema: RecordSchema): string[] {
  const paths = new Set(
    leavesOf(schema, [], [])
      .filter(soundsPersonal)
      .map(({ names }) => names.join('.')),
  );
  return [...paths]
    .filter((path) => !isPublic(type, path))
    .map(
      (path) =>
        `${path} is called like personal data: seal it (bytes with "pii"), or say in personal-fields.ts why it is public`,
    );
}

const isPublic = (type: string, path: string): boolean =>
  publicFields.some((field) => field.path === path && field.events.includes(type));

/** A value of an event, with the names of the fields that lead to it. */
interface Leaf {
  readonly names: readonly string[];
  readonly schema: Exclude<AvroSchema, { type: 'record' | 'union' | 'array' | 'map' }>;
}

function leavesOf(schema: AvroSchema, names: readonly string[], above: readonly AvroSchema[]): Leaf[] {
  switch (schema.type) {
    case 'record':
      // A record inside itself says nothing new.
      if (above.includes(schema)) return [];
      return schema.fields.flatMap(({ name, type }) => leavesOf(type, [...names, name], [...above, schema]));
    case 'union':
      return schema.branches.flatMap((branch) => leavesOf(branch, names, above));
    case 'array':
      return leavesOf(schema.items, names, above);
    case 'map':
      // Keys are text too.
      return [{ names, schema: { type: 'string', properties: {} } }, ...leavesOf(schema.values, names, above)];
    default:
      return [{ names, schema }];
  }
}

function soundsPersonal({ names, schema }: Leaf): boolean {
  const { logicalType, format } = schema.properties;
  if (schema.type === 'bytes' || schema.type === 'null' || logicalType === 'uuid') return false;
  const flat = names.map((name) => name.toLowerCase());
  const all = names.flatMap(wordsOf);
  if (flat.some((name) => born.test(name)) || all.some((word) => describing.has(word))) return true;
  // Whether a phone number was checked, and when, is nobody's phone number.
  if (schema.type === 'boolean' || schema.type === 'enum' || logicalType === 'timestamp-millis') return false;
  if (flat.some((name) => anywhere.test(name))) return true;
  if (all.some((word) => identifying.has(word) || people.has(word))) return true;
  return wordFormats.has(format) && wordsOf(names.at(-1)!).some((word) => speaking.has(word));
}

/** `clientEMail2` → client, e, mail. */
const wordsOf = (name: string): string[] =>
  name
    .replaceAll(/([a-z])([A-Z])|([A-Z])(?=[A-Z][a-z])|([0-9_])/g, '$1$3 $2')
    .toLowerCase()
    .split(' ')
    .filter((word) => word !== '');

function words(...lines: string[]): ReadonlySet<string> {
  return new Set(lines.flatMap((line) => line.split(' ')));
}
