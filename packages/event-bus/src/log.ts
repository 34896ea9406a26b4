/** What the bus asks of a log; a pino logger is one. */
export interface BusLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const nothing = (): void => undefined;

/** A log that keeps silent. */
export const silentLog: BusLog = { debug: nothing, info: nothing, warn: nothing, error: nothing };
