export { type AsOf, asOf } from './consumer/as-of.ts';
export type { ConsumerState, ConsumerStatus } from './consumer/consumer-state.ts';
export * from './errors.ts';
export {
  type Access,
  accessOf,
  applyAccess,
  grantorAccess,
  readerAccess,
  replayAccess,
  type TopicAccess,
} from './kafka/access-list.ts';
export { type KafkaCertificate, kafkaSsl } from './kafka/certificate.ts';
export { checkBroker, checkTopics, createMissingTopics, type TopicSettings } from './kafka/check-kafka.ts';
export type { KafkaConnection } from './kafka/kafka-client.ts';
export { createKafkaPublisher, type KafkaPublisherOptions } from './kafka/kafka-publisher.ts';
export { createKafkaSubscriber, type KafkaSubscriberOptions } from './kafka/kafka-subscriber.ts';
export { murmur2, partitionOf } from './kafka/partition-of.ts';
export type { BusLog } from './log.ts';
export { eventBusMigrations } from './migrations.ts';
export type { DiscardOptions, ParkedKeys, ParkedMessage, RedriveResult } from './parking/parked-keys.ts';
export { type ProjectionRoles, prepareProjections } from './projections/prepare.ts';
export { projectionBytes } from './projections/projection-bytes.ts';
export {
  type RebuildOptions,
  type RebuildProgress,
  type RebuildResult,
  rebuildProjection,
} from './projections/rebuild.ts';
export { projectShuffled, readTopics, type ShuffleOptions } from './projections/shuffle.ts';
export { type ProjectionOptions, type RunningProjection, startProjection } from './projections/start-projection.ts';
export { type StreamWaits, streamWaits, waitForStream } from './projections/stream-waits.ts';
export { reactionEventId } from './reactions/reaction-effects.ts';
export { type ReactionOptions, type RunningReaction, startReaction } from './reactions/start-reaction.ts';
export { cloudEventType, eventTypeOf } from './relay/message-headers.ts';
export { type RelayOptions, type RelayState, type RunningRelay, startRelay } from './relay/relay.ts';
export {
  cancelTimer,
  type RunningTimers,
  scheduleTimer,
  startTimers,
  type Timer,
  type TimerHandler,
  type TimersOptions,
  timerEventId,
} from './timers/timers.ts';
export * from './types.ts';
