import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { ensureBaseImage } from '../docker/dist/base-image.js';
import { startEngine } from '../docker/dist/engine.js';
import { readSettings } from '../docker/dist/settings.js';
import {
  buildArguments,
  compiling,
  containers,
  createDirectory,
  filesButLock,
  filesIn,
  run,
  start,
} from './docker-build.js';

/* An engine that is reached over TLS and over ssh, both on loopback. Needs root and openssh-server. */

const settings = readSettings(process.env);
const directory = mkdtempSync(join(tmpdir(), 'tracee-remote-'));
after(() => rmSync(directory, { recursive: true, force: true }));
const certificates = join(directory, 'certificates');
await makeCertificates(certificates);
const [tlsPort, sshPort] = [await freePort(), await freePort()];

const engine = await startEngine({
  settings,
  args: [
    ...['--tlsverify', '--host', `tcp://127.0.0.1:${tlsPort}`],
    ...['--tlscacert', join(certificates, 'ca.pem')],
    ...['--tlscert', join(certificates, 'server.pem'), '--tlskey', join(certificates, 'server-key.pem')],
  ],
});
after(() => engine[Symbol.asyncDispose]());
const env = { DOCKER_BASE: await ensureBaseImage(engine, settings), DOCKER_NETWORK: 'host' };
const overTls = { ...env, DOCKER_HOST: `tcp://127.0.0.1:${tlsPort}` };

test('an engine over TLS builds, for a client that it and that knows it', async (context) => {
  const output = createDirectory(context);
  const { status, stderr } = await run([...(await buildArguments('debian-6.1', output)), '--docker'], {
    ...overTls,
    DOCKER_TLS_VERIFY: '1',
    DOCKER_CERT_PATH: certificates,
  });
  assert.equal(status, 0, stderr);
  assert.equal(filesIn(output).length, 1);
});

const stranger = join(directory, 'stranger');
await makeCertificates(stranger);

for (const [what, more, message] of [
  ['without TLS', {}, /cannot be reached: what answers .* speaks TLS/],
  ['without certificates', { DOCKER_TLS_VERIFY: '1' }, /its certificate or ours is not accepted/],
  [
    'with the certificates of another authority',
    { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: stranger },
    /its certificate or ours is not accepted/,
  ],
  [
    'with a directory that has none',
    { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/nowhere' },
    /\/nowhere\/ca\.pem cannot be read/,
  ],
] as const) {
  test(`an engine over TLS is not used ${what}, and the mend is named`, async (context) => {
    const args = [...(await buildArguments('debian-6.1', createDirectory(context))), '--docker'];
    const { status, stderr } = await run(args, { ...overTls, ...more });
    assert.equal(status, 6, stderr);
    assert.match(stderr, message);
    assert.match(stderr, /\n {2}.*DOCKER_(?:TLS_VERIFY|CERT_PATH).*\n$/);
  });
}

test('an engine over ssh builds, and a killed client leaves no container', async (context) => {
  await using server = await startSshServer();
  const output = createDirectory(context);
  const args = [...(await buildArguments('debian-6.1', output)), '--docker'];
  const overSsh = { ...env, ...server.env, DOCKER_HOST: server.host };
  const killed = start(args, overSsh);
  await compiling(engine, killed);
  killed.child.kill('SIGKILL');
  await killed.ended;
  await sleep(15_000);
  assert.deepEqual(await containers(engine), []);
  assert.deepEqual(filesButLock(output), []);
  const { status, stderr } = await run(args, overSsh);
  assert.equal(status, 0, stderr);
  assert.equal(filesIn(output).length, 1);
  assert.deepEqual(await containers(engine), []);
});

test('what ssh says is passed on when it cannot connect', async (context) => {
  const args = [...(await buildArguments('debian-6.1', createDirectory(context))), '--docker'];
  const { status, stderr } = await run(args, { ...env, DOCKER_HOST: `ssh://nobody@127.0.0.1:${sshPort}` });
  assert.equal(status, 6, stderr);
  assert.match(stderr, /ssh:\/\/nobody@127\.0\.0\.1:\d+ cannot be reached: ssh: .*refused/);
});

/** `ca.pem`, a server's and a client's certificate (`cert.pem`), signed by an authority of their own. */
async function makeCertificates(place: string): Promise<void> {
  mkdirSync(place);
  const openssl = (...args: string[]): Promise<unknown> => execa('openssl', args, { cwd: place });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  await openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    'ca-key.pem',
    '-out',
    'ca.pem',
    '-subj',
    '/CN=test authority',
  );
  for (const [name, certificate, secret, extension] of [
    ['server', 'server.pem', 'server-key.pem', 'subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n'],
    ['client', 'cert.pem', 'key.pem', 'extendedKeyUsage=clientAuth\n'],
  ] as const) {
    writeFileSync(join(place, `${name}.ext`), extension);
    await openssl('req', ...key, '-keyout', secret, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    await openssl(
      ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca-key.pem', '-CAcreateserial'],
      ...['-out', certificate, '-extfile', `${name}.ext`],
    );
  }
}

/** An sshd of our own that lets one key in, and an ssh on PATH that has that key and knows that host. */
async function startSshServer(): Promise<AsyncDisposable & { host: string; env: NodeJS.ProcessEnv }> {
  const place = join(directory, 'ssh');
  mkdirSync(join(place, 'bin'), { recursive: true });
  mkdirSync('/run/sshd', { recursive: true });
  for (const name of ['host', 'user']) {
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(place, name)]);
  }
  writeFileSync(
    join(place, 'sshd_config'),
    [
      ...['ListenAddress 127.0.0.1', `Port ${sshPort}`, `HostKey ${place}/host`, 'PidFile none', 'UsePAM no'],
      ...[`AuthorizedKeysFile ${place}/user.pub`, 'StrictModes no', 'PasswordAuthentication no'],
      ...['PermitRootLogin prohibit-password', `SetEnv DOCKER_HOST=${engine.host}`, ''],
    ].join('\n'),
  );
  const hostKey = readFileSync(join(place, 'host.pub'), 'utf8');
  writeFileSync(join(place, 'known_hosts'), `[127.0.0.1]:${sshPort} ${hostKey}`);
  writeFileSync(
    join(place, 'ssh_config'),
    `IdentityFile ${place}/user\nIdentitiesOnly yes\nUserKnownHostsFile ${place}/known_hosts\nStrictHostKeyChecking yes\n`,
  );
  writeFileSync(join(place, 'bin/ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F ${place}/ssh_config "$@"\n`, {
    mode: 0o755,
  });
  const server = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', join(place, 'sshd_config')], { stdio: 'ignore' });
  await listens(sshPort);
  return {
    host: `ssh://${userInfo().username}@127.0.0.1:${sshPort}`,
    env: { PATH: [join(place, 'bin'), process.env['PATH']].join(delimiter) },
    [Symbol.asyncDispose]: async () => {
      const ended = once(server, 'exit');
      server.kill();
      await ended;
    },
  };
}

async function listens(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isOpen) return;
    await sleep(50);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
