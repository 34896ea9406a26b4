import { expect } from 'vitest';
import type { Answer, IntakeTest } from './intake-test.ts';

/** A table of the report, of the kind whose rows say only that an entry exists. */
export const csv = (...rows: string[]): string => `${['institution,service_name,list,table_nr', ...rows].join('\n')}\n`;

/** Imports a table and expects these numbers among the report's. */
export async function expectImport(
  intake: IntakeTest,
  source: string,
  text: string,
  numbers: object,
): Promise<Answer['body']> {
  const { status, body } = await intake.import(source, text);
  expect({ status, ...body }).toMatchObject({ status: 200, source, ...numbers });
  return body;
}
