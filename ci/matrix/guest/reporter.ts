import type { TestEvent } from 'node:test/reporters';

/** A reporter of node:test, hence the default export: one JSON line for each test that ended. */
export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of events) {
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    const { name, details, skip } = event.data;
    const error = event.type === 'test:fail' ? event.data.details.error : undefined;
    /* node:test wraps what a test threw. */
    const thrown = error?.cause instanceof Error ? error.cause : error;
    const line = {
      variant: process.env['MATRIX_VARIANT'],
      test: name,
      outcome: error !== undefined ? 'failed' : skip === undefined || skip === false ? 'ok' : 'not possible',
      seconds: details.duration_ms / 1000,
      message: typeof skip === 'string' ? skip : (thrown?.message ?? ''),
    };
    yield `${JSON.stringify(line)}\n`;
  }
}
