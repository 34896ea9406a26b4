/** Pieces of which the schemas of routes are made. */
import Type, { type TSchema } from 'typebox';

/** Ids are random UUIDs in lower case. */
export const uuid = (description: string) =>
  Type.String({ pattern: '^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$', description });

/** ASCII slug of a name, e.g. `vsaa`. */
export const slug = (description: string) =>
  Type.String({ pattern: '^[a-z0-9]+(?:-[a-z0-9]+)*$', maxLength: 100, description });

/** One of a closed list of codes. */
export const oneOf = <const Code extends string>(codes: readonly Code[], description?: string) =>
  Type.Unsafe<Code>(
    Type.Union(
      codes.map((code) => Type.Literal(code)),
      description === undefined ? {} : { description },
    ),
  );

/** One line for people, without control characters and without space around it: what the contracts call a name. */
export const line = (maxLength: number, description: string) =>
  Type.String({ minLength: 1, maxLength, pattern: `^${inkOnly}(?:${noControl}*${inkOnly})?$`, description });

const noControl = '[^\\x00-\\x1f\\x7f-\\x9f]';
const inkOnly = '[^\\s\\x00-\\x1f\\x7f-\\x9f]';

/** From the year 1000 on: databases and programs disagree on what lies before. */
export const instant = (description: string) => Type.String({ format: 'date-time', pattern: '^[1-9]', description });
export const nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

/** What a command writes; `after=<stream>@<version>` of a query waits for it. */
export const written = {
  stream: Type.String({ description: 'The stream written to.' }),
  version: Type.Integer({ description: 'Its version after the command.' }),
};
