export {
  createLog,
  errorFields,
  type Log,
  type Log as Logger,
  type LogLevel,
  type LogSettings,
  logLevels,
  redactedFields,
} from './log.ts';
export { createMetrics, type Metrics, metricNames } from './metrics.ts';
