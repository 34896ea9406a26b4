export {
  type AccessRecord,
  type AccessRecordOptions,
  accessRecordMigrations,
  createAccessRecord,
} from './access-record.ts';
