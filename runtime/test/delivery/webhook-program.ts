import { Webhook } from '../../src/delivery/webhook.js';
import { createEntry } from './entry-fixture.js';

/** `URL`: posts a finding there, and prints what came of it. */
const [url = ''] = process.argv.slice(2);
using webhook = new Webhook({ url: new URL(url), contentType: 'application/json', allowsLinkLocal: false });
const verdict = await webhook.post(createEntry(), '{}');
process.stdout.write(`${verdict.is}: ${verdict.is === 'delivered' ? '' : verdict.reason}`);
