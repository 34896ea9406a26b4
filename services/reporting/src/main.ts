import { runService } from '@vienuviet/service';
import { reporting } from './service.ts';

await runService(reporting, process);
