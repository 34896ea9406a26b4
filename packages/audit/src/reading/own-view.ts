import type { Purpose, Role } from '@vienuviet/http';
import type pg from 'pg';
import type { Persons } from '../records/persons.ts';
import type { AuditRecord } from '../records/record.ts';
import { type RecordFilter, type RecordPlace, readRecords } from './read-records.ts';

/** One look at a person's case or data, as the person is told of it. */
export interface Look {
  readonly at: Date;
  /** Account of who looked. */
  readonly actorId: string | null;
  readonly role: Role | null;
  readonly purpose: Purpose | null;
  /** `client_found` of a search; otherwise what was read. */
  readonly code: string;
  /** The case, where it was one. */
  readonly about: string | null;
  readonly place: RecordPlace;
}

/** Who looked at a person, under any of the ids that stand for them, the newest first. */
export async function readLooks(
  db: Pick<pg.ClientBase, 'query'>,
  persons: Pick<Persons, 'referenceOf'>,
  subjectIds: readonly string[],
  page: Pick<RecordFilter, 'from' | 'to'> & { readonly behind?: RecordPlace | undefined; readonly take: number },
): Promise<Look[]> {
  const { from, to, behind, take } = page;
  const filter = { from, to, kinds: ['read', 'searched'] as const, personRefs: subjectIds.map(persons.referenceOf) };
  return (await readRecords(db, filter, behind, take)).map(lookOf);
}

const lookOf = ({ at, actorId, role, purpose, code, about, recordedAt, chainId, sequence }: AuditRecord): Look => ({
  ...{ at, actorId, code, about, place: { recordedAt, chainId, sequence } },
  role: role as Role | null,
  purpose: purpose as Purpose | null,
});

export type Language = 'lv' | 'en';

const roles = {
  clerk: { lv: 'Klientu apkalpošanas speciālists', en: 'A clerk' },
  supervisor: { lv: 'Klientu apkalpošanas vadītājs', en: 'A supervisor of clerks' },
  holder_specialist: {
    lv: 'Pakalpojuma turētāja speciālists',
    en: 'A specialist of the institution behind the service',
  },
  holder_system: {
    lv: 'Pakalpojuma turētāja informācijas sistēma',
    en: 'The information system of the institution behind the service',
  },
  auditor: { lv: 'Auditors', en: 'An auditor' },
  portal_client: { lv: 'Portāls Latvija.lv', en: 'The portal Latvija.lv' },
  integration_engineer: { lv: 'Platformas inženieris', en: 'An engineer of the platform' },
  resident: { lv: 'Jūs portālā', en: 'You, in the portal' },
  directory: { lv: 'Iestādes darbinieku katalogs', en: 'An institution’s directory of staff' },
} as const satisfies Record<Role, Readonly<Record<Language, string>>>;
const someRole = { lv: 'Kāds bez norādītas lomas', en: 'Somebody in no stated role' };

const deeds: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  read: { lv: 'skatīja jūsu lietu', en: 'read your case' },
  client_read: { lv: 'skatīja jūsu datus', en: 'read your data' },
  client_found: { lv: 'meklēja personu un atrada jūs', en: 'searched for a person and found you' },
};
const someDeed = { lv: 'skatīja ziņas par jums', en: 'read something about you' };

const purposes = {
  service_provision: { lv: 'lai sniegtu jums pakalpojumu', en: 'to provide you with a service' },
  consultation: { lv: 'lai jūs konsultētu', en: 'to advise you' },
  supervision: { lv: 'lai uzraudzītu darbu', en: 'to supervise the work' },
  complaint: { lv: 'lai izskatītu sūdzību', en: 'to look into a complaint' },
  audit: { lv: 'lai pārbaudītu, kā apietas ar datiem', en: 'to check how data are handled' },
  operations: { lv: 'lai uzturētu sistēmu', en: 'to keep the system running' },
} as const satisfies Record<Purpose, Readonly<Record<Language, string>>>;
const somePurpose = { lv: 'mērķis nav norādīts', en: 'for no stated purpose' };

/** A look in plain words: who, what and why. */
export function lookWords(
  { role, code, purpose }: Pick<Look, 'role' | 'code' | 'purpose'>,
  language: Language,
): string {
  const who = (role === null ? undefined : roles[role]) ?? someRole;
  const what = deeds[code] ?? someDeed;
  const why = (purpose === null ? undefined : purposes[purpose]) ?? somePurpose;
  return `${who[language]} ${what[language]}, ${why[language]}.`;
}
