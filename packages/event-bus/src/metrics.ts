import type { Metrics } from '@vienuviet/telemetry';
import { Gauge, type Registry } from 'prom-client';
import { type ConsumerStatus, consumerStatuses } from './consumer/consumer-state.ts';

/** What the bus tells the metrics. */
export interface BusMetrics {
  relayed(events: number, lag: number): void;
  consumerProgress(
    consumer: string,
    topic: string,
    partition: number,
    partitionLag: number,
    lag: number,
    applied: number,
  ): void;
  parkedKeys(consumer: string, keys: number): void;
  consumerState(consumer: string, status: ConsumerStatus): void;
}

/** The gauges of a process; without `metrics` nothing is told. */
export function busMetrics(metrics?: Metrics): BusMetrics {
  if (metrics === undefined) {
    const nothing = (): void => undefined;
    return { relayed: nothing, consumerProgress: nothing, parkedKeys: nothing, consumerState: nothing };
  }
  const partitionLag = gauge(
    metrics.registry,
    'vienuviet_projection_partition_lag_events',
    'Messages of a partition not applied yet',
    ['projection', 'topic', 'partition'],
  );
  const state = gauge(metrics.registry, 'vienuviet_consumer_state', '1 for the state that a consumer is in', [
    'consumer',
    'state',
  ]);
  return {
    relayed(events, lag) {
      metrics.relayEvents.inc(events);
      metrics.relayLag.set(lag);
    },
    consumerProgress(consumer, topic, partition, behind, lag, applied) {
      metrics.projectionEvents.inc({ projection: consumer }, applied);
      metrics.projectionLag.set({ projection: consumer }, lag);
      partitionLag.set({ projection: consumer, topic, partition }, behind);
    },
    parkedKeys: (consumer, keys) => metrics.parkedKeys.set({ consumer }, keys),
    consumerState(consumer, status) {
      for (const candidate of consumerStatuses) state.set({ consumer, state: candidate }, candidate === status ? 1 : 0);
    },
  };
}

function gauge(registry: Registry, name: string, help: string, labelNames: string[]): Gauge {
  const known = registry.getSingleMetric(name) as Gauge | undefined;
  return known ?? new Gauge({ name, help, labelNames, registers: [registry] });
}
