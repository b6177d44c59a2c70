import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missingOf, parseLogLine } from '../../../src/delivery/sidekick/log.js';

test('lines of falcosidekick are told apart: outputs, deliveries, errors with and without a level', () => {
  const at = '2026/11/24 00:23:11';
  assert.deepEqual(parseLogLine(`${at} [INFO]  : Enabled Outputs: [Slack AWSSQS]`), {
    is: 'enabled',
    names: 'Slack AWSSQS',
  });
  assert.deepEqual(parseLogLine(`${at} [INFO]  : Enabled Outputs : [Slack]`), {
    is: 'enabled',
    names: 'Slack',
  });
  assert.deepEqual(parseLogLine(`${at} [INFO]  : SMTP - Sent OK`), { is: 'delivered', output: 'SMTP' });
  assert.deepEqual(parseLogLine(`${at} [ERROR] : GCP CloudFunctions - Call CloudFunction OK (1)`), {
    is: 'delivered',
    output: 'GCP CloudFunctions',
  });
  assert.deepEqual(parseLogLine(`${at} [ERROR] : Slack - header missing (400): no_text`), {
    is: 'error',
    output: 'Slack',
    text: 'header missing (400): no_text',
  });
  const taken = 'listen tcp 127.0.0.1:2801: bind: address already in use';
  assert.deepEqual(parseLogLine(`${at}  : ${taken}`), { is: 'error', output: undefined, text: taken });
  assert.deepEqual(parseLogLine('panic: runtime error'), {
    is: 'error',
    output: undefined,
    text: 'panic: runtime error',
  });
  assert.deepEqual(parseLogLine(`${at} [INFO]  : Falcosidekick is up and listening on :2801`), {
    is: 'other',
  });
  assert.deepEqual(parseLogLine(''), { is: 'other' });
});

test('an output that is not named is missing, a name within another is not taken for it', () => {
  assert.deepEqual(missingOf('Slack AWSSQS', ['Slack', 'SQS', 'awssqs']), ['SQS']);
  assert.deepEqual(missingOf('', ['Slack']), ['Slack']);
});
