/** Closed list of what can go wrong with the audit. */
export type AuditErrorCode =
  /** The record cannot be written now; what was to be recorded must not happen. */
  | 'unavailable'
  /** Too much waits to be written. */
  | 'full'
  /** An entry that no record can hold. */
  | 'entry'
  /** A person is to be put on record, and the service has no keys to seal with. */
  | 'no_keys'
  /** A key of the configuration is not what it should be. */
  | 'key';

export class AuditError extends Error {
  readonly code: AuditErrorCode;

  constructor(code: AuditErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AuditError';
    this.code = code;
  }
}
