/** Reads entries that come as JSON, checked row by row like those of a table. */
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import type { Origin } from '../../centres/centre.ts';
import { type CatalogueFile, fileOf } from './read-table.ts';
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

/** Rows of JSON as a file; the number of a row takes the place of the line. */
export const readRows = (rows: readonly unknown[], origin: Origin): CatalogueFile =>
  fileOf(
    origin,
    rows.map((row, index) => ({ line: index + 1, reading: readRow(row) })),
  );

function readRow(row: unknown): RowReading {
  if (!checker.Check(row)) {
    const [fault] = checker.Errors(row);
    return { kind: 'rejected', reason: `${fault?.instancePath || 'the row'} ${fault?.message ?? 'does not fit'}` };
  }
  const { institution, titleLv, ...rest } = row;
  return wholeEntry(institution, titleLv, rest);
}
