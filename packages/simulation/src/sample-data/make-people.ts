/**
 * The invented people: clerks and a supervisor of every centre, a specialist of every holder, an auditor, the portal
 * and an integration engineer. A few are featured: they are the ones to try the platform with.
 */
import { holderIdOf } from './catalogue-identity.ts';
import type { SampleCentre } from './make-centres.ts';
import type { SampleService } from './make-services.ts';
import { catalogueTables, serviceRows } from './source-tables.ts';

export interface SampleGrant {
  readonly role: 'clerk' | 'supervisor' | 'holder_specialist' | 'auditor' | 'portal_client' | 'integration_engineer';
  readonly centreId?: string;
  readonly holderId?: string;
}

export interface SamplePerson {
  /** Account name; not a name of anybody. */
  readonly name: string;
  readonly title: string;
  readonly featured?: true;
  readonly grants: readonly SampleGrant[];
  /** Whether the person may give these roles on. */
  readonly mayGrant?: true;
}

const featuredCentres: ReadonlySet<string> = new Set(['aizkraukle', 'cesis']);
const featuredHolders: ReadonlySet<string> = new Set(['vsaa', 'vid']);

const staffOf = (centre: SampleCentre): SamplePerson[] => {
  const featured = featuredCentres.has(centre.slug) ? { featured: true as const } : {};
  const clerk = (number: number): SamplePerson => ({
    name: `clerk.${centre.slug}.${number}`,
    title: `Clerk ${number} of ${centre.name}`,
    ...featured,
    grants: [{ role: 'clerk', centreId: centre.centreId }],
  });
  const supervisor: SamplePerson = {
    name: `supervisor.${centre.slug}`,
    title: `Supervisor of ${centre.name}`,
    ...featured,
    grants: [{ role: 'supervisor', centreId: centre.centreId }],
    mayGrant: true,
  };
  return [clerk(1), clerk(2), supervisor];
};

/** Everybody, the featured first. */
export function makePeople(centres: readonly SampleCentre[], services: readonly SampleService[]): SamplePerson[] {
  const institutions = [
    ...catalogueTables.flatMap((file) => serviceRows(file).map(({ institution }) => institution)),
    ...services.map(({ institution }) => institution),
  ];
  const holders = new Map(institutions.map((institution) => [holderIdOf(institution), institution]));
  const specialists = [...holders.keys()].sort().map(
    (holderId): SamplePerson => ({
      name: `specialist.${holderId}`,
      title: `Specialist of the holder ${holderId}`,
      ...(featuredHolders.has(holderId) ? { featured: true as const } : {}),
      grants: [{ role: 'holder_specialist', holderId }],
      mayGrant: true,
    }),
  );
  const others: SamplePerson[] = [
    {
      name: 'auditor',
      title: 'Auditor of the ministry',
      featured: true,
      grants: [{ role: 'auditor' }],
      mayGrant: true,
    },
    { name: 'portal', title: 'The portal Latvija.lv', featured: true, grants: [{ role: 'portal_client' }] },
    {
      name: 'engineer',
      title: 'Integration engineer of operations',
      featured: true,
      grants: [{ role: 'integration_engineer' }],
      mayGrant: true,
    },
  ];
  const everybody = [...others, ...specialists, ...centres.flatMap(staffOf)];
  return [...everybody.filter(({ featured }) => featured), ...everybody.filter(({ featured }) => !featured)];
}
