export { readSigningKey, type SigningKey } from './checkpoints/signing-key.ts';
export { AuditError, type AuditErrorCode } from './errors.ts';
export { auditMigrations } from './migrations.ts';
export { type Audit, type AuditSettings, openAudit } from './open-audit.ts';
export { type Language, type Look, lookWords, readLooks } from './reading/own-view.ts';
export { type RecordFilter, type RecordPlace, readRecords } from './reading/read-records.ts';
export { readIndexKey, retentionKeyId } from './records/persons.ts';
export type { AuditRecord } from './records/record.ts';
export { addAuditRoutes } from './routes.ts';
