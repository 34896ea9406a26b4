/** What an entry of the catalogue says, and how what several sources say becomes one description. */
import type { EventOf } from '@vienuviet/schemas';

export type Description = EventOf<'intake.ServiceListed'>['data']['description'];
export type Change = EventOf<'intake.ServiceChanged'>['data']['changes'][number];

/** What one source says of an entry; a field that its table does not speak of is not there. */
export type Statement = Pick<Description, 'titleLv' | 'holderId' | 'holderName'> &
  Partial<Omit<Description, 'titleLv' | 'holderId' | 'holderName'>>;

/** What was said → the source that said it first. A value of a list is owned by itself. */
export type Owners = Readonly<Record<string, string>>;

const scalarFields = [
  'titleLv',
  'titleEn',
  'holderName',
  'holderRegistrationNumber',
  'supportLevel',
  'template',
] as const;
const listFields = ['channels', 'electronicStages', 'processingTimes', 'lifeEvents'] as const;
type ListField = (typeof listFields)[number];

/** Fields in the order in which changes are told. */
const fields = [...scalarFields, ...listFields, 'authorisedEService'] as const;

const empty: Omit<Description, 'titleLv' | 'holderId' | 'holderName'> = {
  titleEn: null,
  holderRegistrationNumber: null,
  channels: [],
  electronicStages: [],
  processingTimes: [],
  supportLevel: null,
  authorisedEService: false,
  lifeEvents: [],
  template: null,
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
const ownerKey = (field: string, value?: unknown): string =>
  value === undefined ? field : `${field}:${textOf(value)}`;

/**
 * The description after a source's statement. The source changes what it owns, what nobody of the present sources
 * owns, and what is empty; it adds values to lists and takes away those that are its own.
 */
export function describedBy(
  statement: Statement,
  before: Description | undefined,
  source: string,
  owners: Owners,
  sources: readonly string[],
): Description {
  const base: Description = before ?? { ...empty, ...statement };
  const mayChange = (key: string): boolean => {
    const owner = owners[key];
    return owner === undefined || owner === source || !sources.includes(owner);
  };
  const after: Record<string, unknown> = { ...base };
  for (const field of scalarFields) {
    const said = statement[field];
    if (said === undefined) continue;
    if (base[field] === null || mayChange(ownerKey(field))) after[field] = said;
  }
  for (const field of listFields) {
    const said: readonly unknown[] | undefined = statement[field];
    if (said !== undefined) after[field] = listAfter(field, base[field], said, mayChange);
  }
  const said = statement.authorisedEService;
  if (said === true || (said === false && mayChange(ownerKey('authorisedEService'))))
    after['authorisedEService'] = said;
  return after as unknown as Description;
}

/** In a fixed order, so that the order of rows in a file is no change. */
function listAfter(
  field: ListField,
  before: readonly unknown[],
  said: readonly unknown[],
  mayChange: (key: string) => boolean,
): unknown[] {
  const spoken = new Set(said.map(textOf));
  const kept = before.filter((value) => spoken.has(textOf(value)) || !mayChange(ownerKey(field, value)));
  const values = new Map([...kept, ...said].map((value) => [textOf(value), value]));
  return [...values].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, value]) => value);
}

/** Who owns what after a source changed the description; what was there before keeps its owner. */
export function ownersAfter(
  owners: Owners,
  before: Description | undefined,
  after: Description,
  source: string,
): Owners {
  const next: Record<string, string> = {};
  const own = (key: string, changed: boolean): void => {
    const owner = changed ? source : owners[key];
    if (owner !== undefined) next[key] = owner;
  };
  for (const field of scalarFields) {
    if (after[field] !== null) own(ownerKey(field), before === undefined || before[field] !== after[field]);
  }
  for (const field of listFields) {
    const earlier = new Set<string>(((before?.[field] ?? []) as readonly unknown[]).map(textOf));
    for (const value of after[field] as readonly unknown[]) own(ownerKey(field, value), !earlier.has(textOf(value)));
  }
  if (after.authorisedEService) own(ownerKey('authorisedEService'), before?.authorisedEService !== true);
  return next;
}

/** What differs, field by field, as text for people and for `changes` of the event. */
export function changesBetween(before: Description, after: Description): Change[] {
  return fields.flatMap((field) => {
    const [was, is] = [shown(before[field]), shown(after[field])];
    return was === is ? [] : [{ field, before: was, after: is }];
  });
}

/** Empty is null; a list is its values in order. */
function shown(value: unknown): string | null {
  if (value === null) return null;
  if (Array.isArray(value)) return value.length === 0 ? null : value.map(textOf).join(', ');
  return String(value);
}
