export { partnerGateway } from './service.ts';
