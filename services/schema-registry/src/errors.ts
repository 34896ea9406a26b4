/**
 * The closed list of what this service answers instead of what was asked, with the codes of Confluent's registry, since
 * its clients go by them: the first three digits are the status.
 */
export const registryErrors = {
  malformed_body: { status: 400, errorCode: 400 },
  subject_not_found: { status: 404, errorCode: 40401 },
  version_not_found: { status: 404, errorCode: 40402 },
  schema_not_found: { status: 404, errorCode: 40403 },
  unsupported_media_type: { status: 415, errorCode: 415 },
  invalid_request: { status: 422, errorCode: 422 },
  invalid_schema: { status: 422, errorCode: 42201 },
  invalid_version: { status: 422, errorCode: 42202 },
  read_only: { status: 422, errorCode: 42205 },
} as const;
export type RegistryErrorCode = keyof typeof registryErrors;

/** Thrown by the routes; answered as `{ error_code, message }`. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  readonly code: RegistryErrorCode;

  constructor(code: RegistryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
