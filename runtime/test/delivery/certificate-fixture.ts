import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** A certificate for loopback, or for other names, that vouches for itself, gone at the end of the test. */
export function createCertificate(
  context: TestContext,
  names: readonly string[] = ['DNS:localhost', 'IP:127.0.0.1'],
): { key: string; cert: string; path: string } {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-certificate-'));
  context.after(() => {
    rmSync(directory, { recursive: true });
  });
  const [key, path] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const name = ['-subj', '/CN=localhost', '-addext', `subjectAltName=${names.join(',')}`];
  execFileSync('openssl', ['req', ...kind, ...name, '-keyout', key, '-out', path], { stdio: 'ignore' });
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(path, 'utf8'), path };
}
