/**
 * Codes of everything that the contracts refuse at run time.
 *
 * - undecodable: the bytes are no message of the schema that they name;
 * - unknown_schema: no schema has the id of the message; perhaps a newer version of the contracts has;
 * - unknown_type: there is no event of this name;
 * - invalid_data: the data do not fit the newest version of their type.
 */
export const schemaErrorCodes = ['undecodable', 'unknown_schema', 'unknown_type', 'invalid_data'] as const;
export type SchemaErrorCode = (typeof schemaErrorCodes)[number];

/** What codec and topics throw, and nothing else. `path` names the field when the data were at fault. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
  readonly code: SchemaErrorCode;
  readonly path: string | undefined;

  constructor(code: SchemaErrorCode, message: string, options: { path?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.path = options.path;
  }
}

/** A folder of contracts that cannot be used: found at start and by the checks, never by a message. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
}
