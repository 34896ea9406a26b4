/** What a file says of the catalogue, gathered row by row. */
import type { Origin } from '../../centres/centre.ts';
import type { Statement } from '../description.ts';
import type { RowReading } from './table-formats.ts';

export interface RejectedRow {
  /** Line in the file, from 1, or number of the row in JSON. */
  readonly line: number;
  readonly reason: string;
}

export interface CatalogueFile {
  readonly origin: Origin;
  /** Id of the service → what the file says of it, rows of the same entry put together. */
  readonly entries: ReadonlyMap<string, Statement>;
  /** Entries that a bad row names: what the file says of them is not known, so they stay as they are. */
  readonly unclear: ReadonlySet<string>;
  /** Bad rows that do not tell which entry they name: it could be any, so nothing can be said to have vanished. */
  readonly unnamed: number;
  readonly collective: number;
  readonly rejectedCount: number;
  /** The first of them. */
  readonly rejected: readonly RejectedRow[];
}

export interface Gathering {
  add(line: number, reading: RowReading): void;
  readonly file: CatalogueFile;
}

/** Bad rows that a report tells; a file can have millions. */
const mostRejected = 1_000;

/** Values of a list. Without a limit, rows of one entry would copy an ever longer list for each of them. */
const mostValues = 50;

/** Gathers the readings of rows, given in the order of the file. */
export function gathering(origin: Origin): Gathering {
  const entries = new Map<string, Statement>();
  const unclear = new Set<string>();
  const rejected: RejectedRow[] = [];
  const counts = { collective: 0, unnamed: 0, rejectedCount: 0 };
  const reject = (line: number, reason: string, serviceId: string | undefined): void => {
    counts.rejectedCount += 1;
    if (rejected.length < mostRejected) rejected.push({ line, reason });
    if (serviceId === undefined) counts.unnamed += 1;
    else unclear.add(serviceId);
  };
  return {
    add(line, reading) {
      if (reading.kind === 'collective') counts.collective += 1;
      else if (reading.kind === 'rejected') reject(line, reading.reason, reading.serviceId);
      else {
        const { serviceId, statement } = reading;
        const before = entries.get(serviceId);
        const said = before === undefined ? statement : together(before, statement);
        const long = tooLong(said);
        if (long === undefined) entries.set(serviceId, said);
        else reject(line, `with this row the entry has more than ${mostValues} ${long}`, serviceId);
      }
    },
    get file() {
      return { origin, entries, unclear, rejected, ...counts };
    },
  };
}

const tooLong = (said: Statement): string | undefined =>
  Object.entries(said).find(([, value]) => Array.isArray(value) && value.length > mostValues)?.[0];

/** Two rows of one entry: lists are joined, of the rest the first row that says something counts. */
function together(first: Statement, second: Statement): Statement {
  const fields = new Set([...Object.keys(first), ...Object.keys(second)]) as Set<keyof Statement>;
  return Object.fromEntries(
    [...fields].map((field) => {
      const [one, other] = [first[field], second[field]];
      if (Array.isArray(one) && Array.isArray(other)) return [field, [...new Set([...one, ...other])]];
      if (field === 'authorisedEService') return [field, one === true || other === true];
      return [field, one ?? other];
    }),
  ) as unknown as Statement;
}
