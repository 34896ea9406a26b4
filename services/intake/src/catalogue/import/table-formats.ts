/** The tables that the import understands, recognised by their header, and what a row of each says. */
import { isRegistrationNumber } from '@vienuviet/identifiers';
import { type Channel, channels } from '../../cases/codes.ts';
import type { Origin } from '../../centres/centre.ts';
import type { Statement } from '../description.ts';
import { holderCalled } from '../holders.ts';
import { normalisedTitle, serviceIdOf } from '../service.ts';

export type Fields = Readonly<Record<string, string>>;

export type RowReading =
  | { readonly kind: 'entry'; readonly serviceId: string; readonly statement: Statement }
  /** Totals and rows that gather what nobody identified: no service. */
  | { readonly kind: 'collective' }
  /** `serviceId` where the row at least says which entry it is: a bad row does not retire it. */
  | { readonly kind: 'rejected'; readonly reason: string; readonly serviceId?: string };

export interface TableFormat {
  readonly name: string;
  readonly header: readonly string[];
  /** What the table is taken for when the caller does not say. */
  readonly origin: Origin;
  read(fields: Fields, source: string): RowReading;
}

/** As the contracts have it. */
const longest = { institution: 300, holderId: 100, title: 600 };

/** Rows of the tables that gather the rest. */
const collectiveTitles = new Set([
  'cits',
  'citi',
  'neidentificēts pakalpojums',
  'kopā',
  'kopējais pabeigto pakalpojumu skaits',
]);

/** Reads institution and title, which every table has, and lets `say` add what else the row says. */
function entry(institution: string, title: string, say: (row: Named) => Partial<Statement> | Fault): RowReading {
  const titleLv = title.normalize('NFC').replace(/\s+/g, ' ').trim();
  const name = institution.trim();
  if (collectiveTitles.has(normalisedTitle(titleLv))) return { kind: 'collective' };
  if (name === '') return rejected('the institution is missing');
  if (titleLv === '') return rejected('the title is missing');
  if (name.length > longest.institution)
    return rejected(`the institution is longer than ${longest.institution} characters`);
  if (titleLv.length > longest.title) return rejected(`the title is longer than ${longest.title} characters`);
  if (/\p{Cc}/u.test(`${name}${titleLv}`)) return rejected('a name holds a control character');
  const holder = holderCalled(name);
  if (holder === undefined) return rejected('the institution has no letters');
  if (holder.holderId.length > longest.holderId) return rejected('the institution is too long for an id');
  const serviceId = serviceIdOf(holder.holderId, titleLv);
  const said = say({ holderRegistrationNumber: holder.registrationNumber });
  if ('fault' in said) return { kind: 'rejected', reason: said.fault, serviceId };
  const { holderId, name: holderName, registrationNumber } = holder;
  const number = registrationNumber === null ? {} : { holderRegistrationNumber: registrationNumber };
  return { kind: 'entry', serviceId, statement: { titleLv, holderId, holderName, ...number, ...said } };
}

interface Named {
  readonly holderRegistrationNumber: string | null;
}
interface Fault {
  readonly fault: string;
}

const rejected = (reason: string): RowReading => ({ kind: 'rejected', reason });
const field = (fields: Fields, name: string): string => fields[name] ?? '';

/** Tables 47 to 53: finished services of 2019, a row for each channel. */
const popular: TableFormat = {
  name: 'popular services by channel (Tables 47–53)',
  header: ['institution', 'service_name', 'channel', 'completed_count', 'is_total', 'source_cell', 'table_nr'],
  origin: 'report',
  read: (fields) => {
    if (field(fields, 'is_total') === '1') return { kind: 'collective' };
    return entry(field(fields, 'institution'), field(fields, 'service_name'), () => {
      const channel = channelsOfTable[field(fields, 'channel')];
      if (channel === undefined) return { fault: `"${field(fields, 'channel')}" is not a channel of this table` };
      const count = field(fields, 'completed_count');
      if (!/^\d*$/.test(count)) return { fault: `"${count}" is not a number of services` };
      return { channels: Number(count) > 0 ? [channel] : [] };
    });
  },
};

const channelsOfTable: Readonly<Record<string, Channel>> = {
  eservice_institution_site: 'e_service',
  eservice_latvija_lv: 'e_service',
  email: 'email',
  in_person: 'in_person',
  post: 'post',
  phone: 'phone',
};

/** Tables 54 and 55: services of the portal that nobody started or finished; they say only that the entry exists. */
const unused: TableFormat = {
  name: 'unused services (Tables 54 and 55)',
  header: ['institution', 'service_name', 'list', 'table_nr'],
  origin: 'report',
  read: (fields) => entry(field(fields, 'institution'), field(fields, 'service_name'), () => ({})),
};

/** Tables 8, 9 and 10 have one header: the institution tells authorised e-services, the file's name the others. */
const frequent: TableFormat = {
  name: 'fifteen most frequent services (Tables 8–10)',
  header: ['rank', 'institution', 'service_name', 'count', 'percent', 'row_kind', 'note'],
  origin: 'report',
  read: (fields, source) => {
    if (field(fields, 'row_kind') !== 'item') return { kind: 'collective' };
    return entry(field(fields, 'institution'), field(fields, 'service_name'), () => {
      if (/-E$/.test(field(fields, 'institution').trim())) return { channels: ['e_service'], authorisedEService: true };
      if (/in_person|t08/.test(source)) return { channels: ['in_person'] };
      if (/contact_centre|t10/.test(source)) return { channels: ['email', 'phone'] };
      return {};
    });
  },
};

const electronicStages = ['information', 'request', 'execution', 'result', 'evaluation'] as const;

/** Whole entries, a row each; lists are separated by `|`. */
const whole: TableFormat = {
  name: 'whole entries',
  header: [
    'institution',
    'registration_number',
    'title_lv',
    'title_en',
    'channels',
    'electronic_stages',
    'support_level',
    'authorised_e_service',
    'life_events',
  ],
  origin: 'invented',
  read: (fields) =>
    entry(field(fields, 'institution'), field(fields, 'title_lv'), ({ holderRegistrationNumber }) =>
      wholeStatement(
        {
          registrationNumber: field(fields, 'registration_number').trim() || null,
          titleEn: field(fields, 'title_en').trim() || null,
          channels: listIn(field(fields, 'channels')),
          electronicStages: listIn(field(fields, 'electronic_stages')),
          supportLevel: field(fields, 'support_level').trim() === '' ? null : Number(field(fields, 'support_level')),
          authorisedEService: flag(field(fields, 'authorised_e_service')),
          lifeEvents: listIn(field(fields, 'life_events')),
        },
        holderRegistrationNumber,
      ),
    ),
};

const listIn = (text: string): string[] =>
  text
    .split('|')
    .map((value) => value.trim())
    .filter((value) => value !== '');
const flag = (text: string): boolean | undefined => ({ '1': true, '0': false, '': false })[text.trim()];

/** What a whole entry says beside institution and title, before it is checked. */
export interface WholeRow {
  readonly registrationNumber?: string | null;
  readonly titleEn?: string | null;
  readonly channels?: readonly string[];
  readonly electronicStages?: readonly string[];
  readonly processingTimes?: readonly { readonly channel: string; readonly workingDays: number }[];
  readonly supportLevel?: number | null;
  readonly authorisedEService?: boolean | undefined;
  readonly lifeEvents?: readonly string[];
  readonly template?: string | null;
}

/** A whole entry given as JSON. */
export const wholeEntry = (institution: string, titleLv: string, row: WholeRow): RowReading =>
  entry(institution, titleLv, ({ holderRegistrationNumber }) => wholeStatement(row, holderRegistrationNumber));

function wholeStatement(row: WholeRow, known: string | null): Partial<Statement> | Fault {
  const fault = faultOf(row, known);
  if (fault !== undefined) return { fault };
  const { registrationNumber, ...said } = row;
  const number = registrationNumber == null ? {} : { holderRegistrationNumber: registrationNumber };
  return { ...Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)), ...number };
}

function faultOf(row: WholeRow, known: string | null): string | undefined {
  const { registrationNumber, titleEn, supportLevel, template } = row;
  if (registrationNumber != null && !isRegistrationNumber(registrationNumber)) {
    return `"${registrationNumber}" is not a registration number`;
  }
  if (registrationNumber != null && known !== null && registrationNumber !== known) {
    return `the registration number of the institution is ${known}, not ${registrationNumber}`;
  }
  if (titleEn != null && !isTitle(titleEn)) return `title_en is no line of at most ${longest.title} characters`;
  const channel =
    notIn(channels, row.channels) ??
    notIn(
      channels,
      row.processingTimes?.map((time) => time.channel),
    );
  if (channel !== undefined) return `"${channel}" is not a channel`;
  const stage = notIn(electronicStages, row.electronicStages);
  if (stage !== undefined) return `"${stage}" is not a stage`;
  if (supportLevel != null && ![0, 1, 2, 3].includes(supportLevel)) return 'the support level is not 0, 1, 2 or 3';
  if ('authorisedEService' in row && row.authorisedEService === undefined) return 'authorised_e_service is not 0 or 1';
  const event = row.lifeEvents?.find((code) => !isCode(code));
  if (event !== undefined) return `"${event}" is not the code of a life event`;
  if (template != null && !isCode(template)) return `"${template}" is not the code of a template`;
  const days = row.processingTimes?.find(({ workingDays }) => !Number.isInteger(workingDays) || workingDays < 0);
  return days === undefined ? undefined : `${days.workingDays} is not a number of working days`;
}

const notIn = (allowed: readonly string[], values: readonly string[] = []): string | undefined =>
  values.find((value) => !allowed.includes(value));
const isTitle = (text: string): boolean =>
  text.length <= longest.title && text.trim() === text && text !== '' && !/\p{Cc}/u.test(text);
const isCode = (text: string): boolean => /^[a-z0-9][a-z0-9_]{0,59}$/.test(text);

export const tableFormats: readonly TableFormat[] = [popular, unused, frequent, whole];

/** The format of a table by its header; undefined when none has it. */
export const formatOf = (header: readonly string[]): TableFormat | undefined =>
  tableFormats.find(
    (format) => format.header.length === header.length && format.header.every((name, at) => name === header[at]),
  );
