import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/**
 * The metrics of every process. Labels are names of things that the code knows (a projection, a route's pattern);
 * never an id, a person or free text, which would make a series for each value.
 */
export interface Metrics {
  readonly registry: Registry;
  /** Events appended to the service's own store. */
  readonly eventsAppended: Counter;
  /** Seconds from the call of append to its commit. */
  readonly appendDuration: Histogram;
  /** Events that the relay put on the bus. */
  readonly relayEvents: Counter;
  /** Events in the store that are not on the bus yet. */
  readonly relayLag: Gauge;
  /** Events applied, by projection or reaction. */
  readonly projectionEvents: Counter<'projection'>;
  /** Messages on the bus that a projection or reaction has not applied yet. */
  readonly projectionLag: Gauge<'projection'>;
  /** Keys parked, by consumer. */
  readonly parkedKeys: Gauge<'consumer'>;
  /** Seconds from the first byte of a request to the last of its answer; `route` is the pattern, never the path. */
  readonly httpRequestDuration: Histogram<'method' | 'route' | 'status'>;
}

export const metricNames = {
  eventsAppended: 'vienuviet_events_appended_total',
  appendDuration: 'vienuviet_append_duration_seconds',
  relayEvents: 'vienuviet_relay_events_total',
  relayLag: 'vienuviet_relay_lag_events',
  projectionEvents: 'vienuviet_projection_events_total',
  projectionLag: 'vienuviet_projection_lag_events',
  parkedKeys: 'vienuviet_parked_keys',
  httpRequestDuration: 'vienuviet_http_request_duration_seconds',
} as const;

/** Half a millisecond to ten seconds: a group append takes about 1 ms, a long poll of the feed up to 30 s. */
const seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** A registry with the metrics above and, unless left out, those of the process (CPU, memory, event loop). */
export function createMetrics({ service, ofProcess = true }: { service: string; ofProcess?: boolean }): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  const registers = [registry];
  if (ofProcess) collectDefaultMetrics({ register: registry });
  return {
    registry,
    eventsAppended: new Counter({
      name: metricNames.eventsAppended,
      help: 'Events appended to the store',
      registers,
    }),
    appendDuration: new Histogram({
      name: metricNames.appendDuration,
      help: 'Seconds from the call of append to its commit',
      buckets: seconds,
      registers,
    }),
    relayEvents: new Counter({ name: metricNames.relayEvents, help: 'Events put on the bus', registers }),
    relayLag: new Gauge({ name: metricNames.relayLag, help: 'Events stored and not on the bus yet', registers }),
    projectionEvents: new Counter({
      name: metricNames.projectionEvents,
      help: 'Events applied by projections and reactions',
      labelNames: ['projection'],
      registers,
    }),
    projectionLag: new Gauge({
      name: metricNames.projectionLag,
      help: 'Messages on the bus not applied yet by projections and reactions',
      labelNames: ['projection'],
      registers,
    }),
    parkedKeys: new Gauge({
      name: metricNames.parkedKeys,
      help: 'Keys that wait for somebody to look at them',
      labelNames: ['consumer'],
      registers,
    }),
    httpRequestDuration: new Histogram({
      name: metricNames.httpRequestDuration,
      help: 'Seconds from request to answer',
      labelNames: ['method', 'route', 'status'],
      buckets: seconds,
      registers,
    }),
  };
}
