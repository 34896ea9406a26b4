/**
 * Closed list of what this package throws.
 *
 * - `undecodable`: the bytes are no framed Avro message of the schema they name.
 * - `unknown_schema`: no committed schema has the id.
 * - `unknown_type`: there is no event of this name.
 * - `invalid_data`: the data do not fit the schema; the message names the field.
 * - `contracts`: the folder of schemas contradicts itself or its lock.
 */
export type SchemaErrorCode = 'undecodable' | 'unknown_schema' | 'unknown_type' | 'invalid_data' | 'contracts';

export class SchemaError extends Error {
  readonly code: SchemaErrorCode;

  constructor(code: SchemaErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SchemaError';
    this.code = code;
  }
}
