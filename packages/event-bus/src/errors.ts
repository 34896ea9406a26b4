/**
 * Closed list of what goes wrong on the bus.
 *
 * Codes under "permanent faults" park the key of the event; everything else is trouble of the moment: the batch
 * comes again after a pause and nothing is lost.
 */
export type BusErrorCode =
  // publishing
  | 'publish_in_flight' // a second send was started before the first one ended
  | 'publish_refused' // the broker said no and stored nothing of that partition; the producer stays
  | 'publish_failed' // it is unknown what was stored; the producer was thrown away
  | 'closed' // used after `close`
  | 'unknown_topic' // the broker has no such topic
  // start-up
  | 'certificate_unusable' // the certificate for Kafka cannot be read, is not the key's, or its time is over
  | 'broker_too_new_or_old' // no common version of a request between broker and client
  | 'topics_differ' // a topic is missing or its settings are not those of topics.json
  | 'projection_refused' // the tables of a projection break a rule; the message names it
  | 'projection_missing' // the projection was never prepared: run the migrations
  // consuming
  | 'offset_moved' // somebody else moved the offset: this consumer is a zombie, or the projection was rebuilt
  | 'offset_out_of_range' // the topic no longer or not yet has the stored offset
  | 'projection_superseded' // the database holds a newer version of the projection than this process knows
  | 'projection_outdated' // the database still holds an older version; the new one is being built
  | 'store_epoch_changed' // the source was restored to an earlier state: its positions mean something else now
  | 'too_many_parked_keys' // so many keys are parked that it is no single poison message: the consumer stands still
  | 'append_conflict' // somebody else appended to a stream that a reaction knew the version of; the batch is done again
  | 'write_conflict' // two partitions changed the same row at once; the batch is done again
  // relay
  | 'checkpoint_moved' // another relay moved the checkpoint: this one is no leader any more
  // rebuilding and operating
  | 'rebuild_running' // another process is rebuilding this projection
  | 'not_parked' // the key is not parked (any more)
  | 'parked_elsewhere' // the parked key changed while it was redriven or discarded; look again
  // permanent faults
  | ParkingCode;

/** Why a key is parked. */
export type ParkingCode =
  | 'foreign_message' // not written by a relay of ours: no key, no CloudEvents headers, or a key that is no stream
  | 'malformed_headers' // CloudEvents headers of ours with a value that cannot be read
  | 'empty_message' // no value
  | 'undecodable' // the bytes are no framed Avro message
  | 'unknown_schema' // a schema id that the schemas do not hold
  | 'type_mismatch' // the payload is another type than the header says
  | 'sequence_hole' // an event of the stream is missing before this one
  | 'fold_failed' // the projection's own code threw
  | 'reaction_failed' // the reaction's own code threw
  | 'write_refused' // the database refused the row that the event made (constraint, number out of range)
  | 'append_refused'; // the store refused what the reaction wants to append

export interface BusErrorOptions extends ErrorOptions {
  readonly details?: Readonly<Record<string, unknown>>;
}

export class BusError extends Error {
  readonly code: BusErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: BusErrorCode, message: string, options: BusErrorOptions = {}) {
    super(message, options);
    this.name = 'BusError';
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** Whether an error is one of ours with this code. */
export const isBusError = (error: unknown, code: BusErrorCode): error is BusError =>
  error instanceof BusError && error.code === code;

/** What an unknown thrown thing says, in one line. */
export const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replaceAll('\n', ' ').slice(0, 500);
