import { runService } from '@vienuviet/service';
import { identity } from './service.ts';

await runService(identity, process);
