/** Closed list of what keeps identity from starting, or from doing what it was asked. */
export type IdentityErrorCode =
  | 'not_loopback'
  | 'people_file'
  | 'clients_file'
  | 'key_file'
  | 'settings'
  | 'signing_key'
  | 'rotation_under_way';

export class IdentityError extends Error {
  readonly code: IdentityErrorCode;

  constructor(code: IdentityErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'IdentityError';
    this.code = code;
  }
}
