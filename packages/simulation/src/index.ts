export { rigaDay } from './calendar/riga-time.ts';
export { type Day, isDay, isHoliday, isWorkingDay, workingDayBefore } from './calendar/working-days.ts';
export type { Difference } from './compare/differences.ts';
export { commandsIn } from './plan/case-script.ts';
export { isSampleCentre, makePlan, type PlanRequest, planDigest } from './plan/make-plan.ts';
export { whyQuiet } from './plan/quiet-day.ts';
export {
  type DayProgress,
  hasEnded,
  isAbandoned,
  type Phase,
  readAwaitedProgress,
  readOutcome,
  readProgress,
} from './run/day-files.ts';
export type { ChannelService, DayOutcome } from './run/day-outcome.ts';
export { DayInterrupted, playDay } from './run/play-day.ts';
export { type CentreFile, type CentreRecord, readCentreFile } from './sample-data/centre-file.ts';
export { centreIdOf, centreNamespace } from './sample-data/make-centres.ts';
export { catalogueTables, dataFolder as sampleDataFolder } from './sample-data/source-tables.ts';
export { readCredentials } from './sign-in/credentials.ts';
export { type SignIns, signInsOf } from './sign-in/sign-ins.ts';
