import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { describeContainer, type EnginePlaces } from '../../src/containers/engines.js';
import { readRootFile } from '../../src/containers/root-file.js';

/** What root alone can make is what is trusted. */
const options = { skip: process.getuid?.() === 0 ? false : 'needs root' };

const id = '0123456789abcdef'.repeat(4);
let directory: string;
let places: EnginePlaces;
const servers: Server[] = [];

before(() => {
  directory = mkdtempSync('/run/tracee-engines-');
  places = {
    docker: { root: join(directory, 'docker'), socket: join(directory, 'docker.sock') },
    podman: join(directory, 'storage'),
    containerd: join(directory, 'containerd'),
    'cri-o': join(directory, 'run-storage'),
  };
});

after(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
  rmSync(directory, { recursive: true });
});

function put(path: string, content: unknown): string {
  const whole = join(directory, path);
  mkdirSync(join(whole, '..'), { recursive: true });
  writeFileSync(whole, JSON.stringify(content), { mode: 0o600 });
  return whole;
}

async function listen(server: Server): Promise<void> {
  servers.push(server);
  rmSync(places.docker.socket, { force: true });
  server.listen(places.docker.socket);
  await once(server, 'listening');
  chmodSync(places.docker.socket, 0o660);
}

test('what no engine of the host knows has no name', options, async () => {
  assert.equal(await describeContainer(id, 'docker', places), undefined);
  assert.equal(await describeContainer(id, 'unknown', places), undefined);
});

test(
  'each engine is asked for what it says it has made, and all for what does not say',
  options,
  async () => {
    const annotations = {
      'io.kubernetes.cri.container-name': 'app',
      'io.kubernetes.cri.image-name': 'app:1',
    };
    put(`containerd/io.containerd.runtime.v2.task/k8s.io/${id}/config.json`, { annotations });
    assert.deepEqual(await describeContainer(id, 'containerd', places), {
      ...{ engine: 'containerd', name: 'app', image: 'app:1' },
    });
    assert.deepEqual((await describeContainer(id, 'unknown', places))?.engine, 'containerd');
    assert.equal(await describeContainer(id, 'docker', places), undefined);
    assert.equal(await describeContainer(id, 'podman', places), undefined);

    const crio = { 'io.kubernetes.container.name': 'db', 'io.kubernetes.cri-o.ImageName': 'db:2' };
    put(`run-storage/overlay-containers/${id}/userdata/config.json`, { annotations: crio });
    assert.equal((await describeContainer(id, 'cri-o', places))?.name, 'db');

    put('storage/vfs-containers/volatile-containers.json', [{ id, names: ['once'] }]);
    assert.equal((await describeContainer(id, 'podman', places))?.name, 'once');
  },
);

test('docker is asked over its socket where its data is elsewhere', options, async () => {
  const asked: (string | undefined)[] = [];
  await listen(
    createServer((request, response) => {
      asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
      response.end(JSON.stringify({ Name: '/web', Config: { Image: 'nginx' } }));
    }),
  );
  assert.deepEqual(await describeContainer(id, 'docker', places), {
    ...{ engine: 'docker', name: 'web', image: 'nginx' },
  });
  assert.deepEqual(asked, [`GET /containers/${id}/json`]);
  chownSync(places.docker.socket, 65_534, 0);
  assert.equal(await describeContainer(id, 'docker', places), undefined, 'the socket is not of root');
  chownSync(places.docker.socket, 0, 0);
  chmodSync(places.docker.socket, 0o666);
  assert.equal(await describeContainer(id, 'docker', places), undefined, 'anybody may write to the socket');
});

test(
  'an engine that answers with an error, without an end, or without an answer, gives no name',
  options,
  async () => {
    await listen(createServer((_, response) => response.writeHead(404).end('{}')));
    assert.equal(await describeContainer(id, 'docker', places), undefined);
    await listen(
      createServer((_, response) => {
        const chunk = 'x'.repeat(64 * 1024);
        const pour = (): void => {
          while (response.write(chunk));
          response.once('drain', pour);
        };
        pour();
      }),
    );
    assert.equal(await describeContainer(id, 'docker', places), undefined);
    await listen(createServer(() => undefined));
    assert.equal(await describeContainer(id, 'docker', places), undefined);
  },
);

test('a file is read where only root can have put it there', options, async () => {
  const path = put('files/state.json', { a: 1 });
  assert.equal(await readRootFile(path, 100), '{"a":1}');
  assert.equal(await readRootFile(path, 3), undefined, 'too large');
  chmodSync(path, 0o622);
  assert.equal(await readRootFile(path, 100), undefined, 'others can write to it');
  chmodSync(path, 0o600);
  chownSync(path, 65_534, 0);
  assert.equal(await readRootFile(path, 100), undefined, 'it is of another user');
  chownSync(path, 0, 0);
  symlinkSync(path, join(directory, 'files/link.json'));
  assert.equal(await readRootFile(join(directory, 'files/link.json'), 100), undefined, 'a link');
  symlinkSync(join(directory, 'files'), join(directory, 'moved'));
  assert.equal(
    await readRootFile(join(directory, 'moved/state.json'), 100),
    '{"a":1}',
    'root moved its directory',
  );
  chmodSync(join(directory, 'files'), 0o777);
  assert.equal(await readRootFile(path, 100), undefined, 'others can put another there');
});
