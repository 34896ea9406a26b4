import { runService } from '@vienuviet/service';
import { intake } from './service.ts';

await runService(intake, process);
