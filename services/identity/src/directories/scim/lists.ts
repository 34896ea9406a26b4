import Type from 'typebox';
import { scimError } from './errors.ts';
import { type Comparison, readFilter, withoutUrn } from './filter.ts';

const usual = 100;
export const mostListed = 1_000;

/** What a list may be asked with; what else directories send (sorting) is left aside. */
export const ListQuery = Type.Object(
  {
    filter: Type.Optional(Type.String({ maxLength: 2_000 })),
    startIndex: Type.Optional(Type.Integer()),
    count: Type.Optional(Type.Integer()),
    attributes: Type.Optional(Type.String({ maxLength: 1_000 })),
    excludedAttributes: Type.Optional(Type.String({ maxLength: 1_000 })),
  },
  { additionalProperties: true },
);

export const OneQuery = Type.Pick(ListQuery, ['attributes', 'excludedAttributes'], { additionalProperties: true });

type Attributes = Type.Static<typeof OneQuery>;

/** Which page: from 1, and no more than is sent at once (RFC 7644, 3.4.2.4). */
export const pageOfQuery = ({ startIndex = 1, count = usual }: Type.Static<typeof ListQuery>) => ({
  startIndex: Math.max(1, startIndex),
  count: Math.min(Math.max(0, count), mostListed),
});

export const listResponse = (startIndex: number, totalResults: number, resources: readonly unknown[]) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
  ...{ totalResults, startIndex, itemsPerPage: resources.length, Resources: resources },
});

/** A condition of SQL for each attribute that can be looked for; `$n` stands where its value does. */
export type Conditions = Readonly<Record<string, string>>;

/** A filter as conditions, with their values from `$first` on. */
export function whereOf(
  filter: string | undefined,
  conditions: Conditions,
  first: number,
): { readonly text: string; readonly values: readonly string[] } {
  const compared: Comparison[] = filter === undefined || filter.trim() === '' ? [] : readFilter(filter);
  const parts = compared.map(({ attribute }, index) => {
    const condition = Object.hasOwn(conditions, attribute) ? conditions[attribute] : undefined;
    if (condition === undefined)
      throw scimError('invalidFilter', 'The filter names an attribute that is not looked for.');
    return ` and ${condition.replaceAll('$n', `$${first + index}`)}`;
  });
  return { text: parts.join(''), values: compared.map(({ value }) => String(value)) };
}

const namesIn = (text: string | undefined): Set<string> | undefined =>
  text === undefined
    ? undefined
    : new Set(text.split(',').map((name) => withoutUrn(name.trim()).toLowerCase().split('.')[0] ?? ''));

/** Whether an attribute is to be in the answer. */
export function isAsked(name: string, { attributes, excludedAttributes }: Attributes): boolean {
  const [asked, left] = [namesIn(attributes), namesIn(excludedAttributes)];
  return (asked?.has(name.toLowerCase()) ?? true) && !left?.has(name.toLowerCase());
}

const always = new Set(['schemas', 'id', 'meta']);

/** The attributes of a resource that were asked for. */
export const asAsked = <Resource extends object>(resource: Resource, query: Attributes): Resource =>
  Object.fromEntries(Object.entries(resource).filter(([name]) => always.has(name) || isAsked(name, query))) as Resource;
