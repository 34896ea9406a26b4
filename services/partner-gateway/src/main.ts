import { runService } from '@vienuviet/service';
import { partnerGateway } from './service.ts';

await runService(partnerGateway, process);
