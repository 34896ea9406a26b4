export { centreIdOf, centreNamespace } from './sample-data/make-centres.ts';
export { catalogueTables, dataFolder } from './sample-data/source-tables.ts';
