import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { ensureBaseImage } from '../docker/dist/base-image.js';
import type { Engine } from '../docker/dist/engine.js';
import { importFiles } from '../docker/dist/import-files.js';
import type { DockerSettings } from '../docker/dist/settings.js';
import { root } from './repository.js';

/* Builds the images as users do, from stand-ins for the public images that they start from, and runs them. */

export const images = { full: 'tracee-test:latest', slim: 'tracee-test:slim' } as const;

/** `make images`. Any program stands in for falcosidekick where it is not to be had. */
export async function makeImages(
  engine: Engine,
  settings: DockerSettings,
  falcosidekick: string | undefined,
): Promise<void> {
  const base = await ensureBaseImage(engine, settings);
  const notice = '/usr/share/doc/nodejs/copyright';
  await importFiles(engine, 'tracee-test-node:local', {
    'usr/local/bin/node': process.execPath,
    'usr/local/LICENSE': existsSync(notice) ? notice : join(root, 'LICENSE'),
  });
  await importFiles(engine, 'tracee-test-falcosidekick:local', {
    'app/falcosidekick': falcosidekick ?? join(root, 'runtime/selftest/hold'),
  });
  await execa('make', ['images'], {
    cwd: root,
    env: {
      ...{ DOCKER_HOST: engine.host, DOCKER_BASE: base, DOCKER_NETWORK: 'host', IMAGE: 'tracee-test' },
      ...{ NODE_IMAGE: 'tracee-test-node:local', FALCOSIDEKICK_IMAGE: 'tracee-test-falcosidekick:local' },
    },
  });
}

export interface Outcome {
  status: number | undefined;
  stdout: string;
  stderr: string;
}

/** `docker run --rm` to the end; options of docker, the image, words for its program. */
export async function run(engine: Engine, ...words: readonly string[]): Promise<Outcome> {
  const { exitCode, stdout, stderr } = await execa('docker', runWords(words), {
    env: { DOCKER_HOST: engine.host },
    reject: false,
    timeout: 120_000,
  });
  return { status: exitCode, stdout, stderr };
}

/** A container that runs until it is stopped. */
export interface Running {
  readonly child: ChildProcess;
  /** What it has said on both streams so far. */
  said(): string;
  /** Waits until it has said this, and fails where it ends before. */
  until(text: string): Promise<void>;
  /** Its status, once it has ended. */
  ended: Promise<number | null>;
}

export function start(engine: Engine, ...words: readonly string[]): Running {
  const child = spawn('docker', runWords(words), {
    env: { ...process.env, DOCKER_HOST: engine.host },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
  const ended = once(child, 'close').then(([status]) => status as number | null);
  const until = async (text: string): Promise<void> => {
    while (!said.includes(text)) {
      const more = await Promise.race([
        once(child.stdout, 'data').then(() => true),
        once(child.stderr, 'data').then(() => true),
        ended.then(() => false),
      ]);
      if (!more && !said.includes(text)) throw new Error(`it ended before it said "${text}":\n${said}`);
    }
  };
  return { child, said: () => said, until, ended };
}

/** The engine of the tests has no bridge. */
function runWords(words: readonly string[]): string[] {
  return ['run', '--rm', '--network', 'none', ...words];
}
