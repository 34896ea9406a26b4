/** Closed list of what can go wrong with sealed values and their keys. */
export type PrivacyErrorCode =
  /** The key database does not answer: nothing can be sealed or opened now. */
  | 'keys_unavailable'
  /** The file of wrapping keys is not as it should be, or does not open the keys of the database. */
  | 'wrapping_keys'
  /** Bytes that are no envelope, or one that was altered, or stands where it was not sealed for. */
  | 'envelope'
  /** The person was erased: nothing can be sealed for them any more. */
  | 'subject_erased'
  /** A value was to be stored with the event of somebody else. */
  | 'other_subject';

export class PrivacyError extends Error {
  readonly code: PrivacyErrorCode;

  constructor(code: PrivacyErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PrivacyError';
    this.code = code;
  }
}
