export type { SignedCheckpoint } from '../checkpoints/checkpoint.ts';
export { checkpointOf } from '../checkpoints/checkpoint-rows.ts';
export { checkpointStream } from '../checkpoints/sign.ts';
export { readPublicKey } from '../checkpoints/signing-key.ts';
export { type Fault, faultText } from './fault.ts';
export { type Verification, type VerificationProgress, type VerificationResult, verifyAudit } from './verify-audit.ts';
