import { runService } from '@vienuviet/service';
import { statusFeed } from './service.ts';

await runService(statusFeed, process);
