import type { EventStore } from '@vienuviet/event-store';
import type { App } from '@vienuviet/http';
import type { RunningBus } from '../bus.ts';
import { addParkedRoutes } from './parked-routes.ts';
import { addProjectionRoutes } from './projection-routes.ts';

/** The routes that every service with a store has for its operators. */
export function addOperatorRoutes(app: App, parts: { readonly bus: RunningBus; readonly store: EventStore }): void {
  addProjectionRoutes(app, parts.bus);
  addParkedRoutes(app, parts.bus, parts.store.codec);
}
