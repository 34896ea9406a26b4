/** Reads entries that come as JSON, checked row by row like those of a table. */
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import type { Origin } from '../../centres/centre.ts';
import { type CatalogueFile, gathering } from './catalogue-file.ts';
import { pacing } from './pacing.ts';
import { type RowReading, wholeEntry } from './table-formats.ts';

const text = Type.String({ maxLength: 1_000 });
const optional = Type.Optional(Type.Union([text, Type.Null()]));

const rowSchema = Type.Object(
  {
    institution: Type.String({ maxLength: 1_000, description: 'The holder, as it calls itself or by its short name.' }),
    titleLv: text,
    titleEn: optional,
    registrationNumber: optional,
    channels: Type.Optional(Type.Array(text, { maxItems: 20 })),
    electronicStages: Type.Optional(Type.Array(text, { maxItems: 20 })),
    processingTimes: Type.Optional(
      Type.Array(Type.Object({ channel: text, workingDays: Type.Integer() }, { additionalProperties: false }), {
        maxItems: 20,
      }),
    ),
    supportLevel: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
    authorisedEService: Type.Optional(Type.Boolean()),
    lifeEvents: Type.Optional(Type.Array(text, { maxItems: 50 })),
    template: optional,
  },
  { additionalProperties: false },
);

/** Names of the fields, the first two of which every row has. */
export const rowFields: readonly string[] = Object.keys(rowSchema.properties);

const checker = Compile(rowSchema);

/** Rows of JSON as a file; the number of a row takes the place of the line. Rests between slices of rows. */
export async function readRows(rows: readonly unknown[], origin: Origin): Promise<CatalogueFile> {
  const gathered = gathering(origin);
  const pace = pacing();
  for (const [index, row] of rows.entries()) {
    gathered.add(index + 1, readRow(row));
    if (pace.isDue()) await pace.rest();
  }
  return gathered.file;
}

function readRow(row: unknown): RowReading {
  if (!checker.Check(row)) {
    const [fault] = checker.Errors(row);
    const reason = `${fault?.instancePath || 'the row'} ${fault?.message ?? 'does not fit'}`;
    return { kind: 'rejected', reason, ...namedIn(row) };
  }
  const { institution, titleLv, ...rest } = row;
  return wholeEntry(institution, titleLv, rest);
}

/** The entry that a row names by its first two fields, whatever is wrong with the others. */
function namedIn(row: unknown): { serviceId?: string } {
  const { institution, titleLv } = (row ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof institution !== 'string' || typeof titleLv !== 'string') return {};
  const named = wholeEntry(institution, titleLv, {});
  return named.kind === 'entry' ? { serviceId: named.serviceId } : {};
}
