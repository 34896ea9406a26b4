/** A component of a CycloneDX document, as far as licences go. */
export interface Component {
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly licenses?: readonly { readonly expression?: string; readonly license?: { id?: string; name?: string } }[];
}

/** Licences that ask for no more than to be named, or, used as a library unchanged, for nothing of ours. */
const allowed = new Set([
  ...['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'Unlicense', 'CC0-1.0'],
  ...['CC-BY-3.0', 'CC-BY-4.0', 'PSF-2.0', 'Python-2.0', 'Zlib', 'MPL-2.0', 'EPL-2.0'],
]);

/** Packages that state no licence and are part of nothing that is shipped: a bench measures against them. */
const measuredAgainst = new Set([
  '@event-driven-io/emmett',
  '@event-driven-io/emmett-postgresql',
  '@event-driven-io/pongo',
  '@event-driven-io/dumbo',
]);

const nameOf = ({ group, name }: Component): string =>
  group === undefined || group === '' ? name : `${group}/${name}`;

/** The licence expression of a component in SPDX's words; empty when it states none. */
function expressionOf({ licenses = [] }: Component): string {
  const stated = licenses.map(({ expression, license }) => expression ?? license?.id ?? license?.name);
  return stated.filter((text) => text !== undefined).join(' AND ');
}

/** Whether an expression of licences joined by AND and OR can be met by allowed ones alone. Pure. */
export function isAllowed(expression: string): boolean {
  const plain = expression.replaceAll(/[()]/g, ' ').trim();
  if (plain === '') return false;
  return plain
    .split(/\s+AND\s+|\s+and\s+/)
    .every((part) => part.split(/\s+OR\s+|\s+or\s+/).some((licence) => allowed.has(licence.trim())));
}

/** A line for each component whose licence is none that we take. */
export function licenceFaults(components: readonly Component[]): string[] {
  return components
    .map((component) => ({ component, expression: expressionOf(component) }))
    .filter(({ component, expression }) => !isAllowed(expression) && !measuredAgainst.has(nameOf(component)))
    .map(
      ({ component, expression }) => `${nameOf(component)}@${component.version}: ${expression || 'states no licence'}`,
    );
}
