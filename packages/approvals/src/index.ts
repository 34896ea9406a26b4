export type { ApprovalRefusal } from './approval.ts';
export { type Acting, type Confirmation, confirm, type Proposed, propose, type Wanted, withdraw } from './approvals.ts';
