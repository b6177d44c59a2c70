import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maskText, maskUrl } from '../../src/delivery/mask.js';

test('of an address only what names the receiver is shown', () => {
  const shown = (url: string): string => maskUrl(new URL(url));
  assert.equal(
    shown('https://me:secret@hooks.example.org:8443/services/T1/B2?key=3'),
    'https://hooks.example.org:8443/...',
  );
  assert.equal(shown('http://127.0.0.1:2801/'), 'http://127.0.0.1:2801');
  assert.equal(shown('http://127.0.0.1:2801/?token=1'), 'http://127.0.0.1:2801/...');
});

test('addresses and keys in the text of another program are masked', () => {
  assert.equal(
    maskText(
      'Post "https://hooks.example.org/services/T1": dial tcp 127.0.0.1:443: connect: connection refused',
    ),
    'Post "https://hooks.example.org/...": dial tcp 127.0.0.1:443: connect: connection refused',
  );
  assert.equal(maskText('nats://u:p@h:4222 is down'), 'nats://h:4222 is down');
  assert.equal(maskText('see https://h:1/.'), 'see https://h:1/.');
  assert.equal(maskText('https://[::1]:80/a?b'), 'https://[::1]:80/...');
  assert.equal(maskText('Authorization: Bearer abc.def'), 'Authorization: *** ***');
  assert.equal(maskText('sent Bearer abc.def'), 'sent Bearer ***');
  assert.equal(maskText('api_key=0123 {"token": "xyz"}'), 'api_key=*** {"token": "***"}');
});

test('text of another program is one harmless, bounded line', () => {
  assert.equal(maskText('a\u001b[31m\nb'), String.raw`a\x1b[31m\x0ab`);
  assert.equal(maskText('x'.repeat(400), 10), 'xxxxxxxxxx...');
});
