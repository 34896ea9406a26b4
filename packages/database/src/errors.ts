/** Closed list of what this package refuses. */
export type DatabaseErrorCode =
  | 'migration_edited'
  | 'migration_missing'
  | 'migration_name'
  | 'migration_role'
  | 'number_out_of_range';

export class DatabaseError extends Error {
  readonly code: DatabaseErrorCode;

  constructor(code: DatabaseErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DatabaseError';
    this.code = code;
  }
}
