import { JsonReporter, type Vitest } from 'vitest/node';

/** What is not said: the report lies in a folder that is gone when somebody looks for it. */
const unsaid = 'JSON report written to ';

/** Vitest's reporter `json`, writing to `--outputFile.json`, without a word on where the report is. */
export default class ReportFile extends JsonReporter {
  constructor() {
    super({});
  }

  override onInit(vitest: Vitest): void {
    super.onInit(vitest);
    const { logger } = vitest;
    const log = logger.log.bind(logger);
    logger.log = (...words: unknown[]) => {
      if (!String(words[0]).startsWith(unsaid)) log(...words);
    };
  }
}
