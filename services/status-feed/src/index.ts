export { statusFeed } from './service.ts';
