import type { Policy } from '@vienuviet/http';

/** Operators' routes are for integration engineers, and about the service as a whole. */
export const operatorPolicy: Policy = { roles: ['integration_engineer'], scope: 'all' };
