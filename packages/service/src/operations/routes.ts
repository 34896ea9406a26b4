import type { EventStore } from '@vienuviet/event-store';
import type { App, Policy } from '@vienuviet/http';
import type { RunningBus } from '../bus.ts';
import { addParkedRoutes } from './parked-routes.ts';
import { addProjectionRoutes } from './projection-routes.ts';

/** Operators' routes are for integration engineers, and about the service as a whole. */
export const operatorPolicy: Policy = { roles: ['integration_engineer'], scope: 'all' };

/** The routes that every service with a store has for its operators. */
export function addOperatorRoutes(app: App, parts: { readonly bus: RunningBus; readonly store: EventStore }): void {
  addProjectionRoutes(app, parts.bus);
  addParkedRoutes(app, parts.bus, parts.store.codec);
}
