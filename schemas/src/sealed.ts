/** Personal data in an event: a sealed value, or one in clear that is sealed when the event gets its id. */
export type Sealed = Buffer | ToBeSealed;

export interface ToBeSealed {
  /** The person whose key it is sealed with. */
  readonly subjectId: string;
  /** The sealed value for a field of the event whose id (16 bytes) is given. */
  sealedFor(place: { readonly within: Buffer; readonly field: string }): Buffer;
}
