import { runService } from '@vienuviet/service';
import { schemaRegistry } from './service.ts';

await runService(schemaRegistry, process);
