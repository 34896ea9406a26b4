/** Closed list of what keeps the local issuer from starting. */
export type IdentityErrorCode = 'production' | 'not_loopback' | 'people_file' | 'key_file';

export class IdentityError extends Error {
  readonly code: IdentityErrorCode;

  constructor(code: IdentityErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'IdentityError';
    this.code = code;
  }
}
