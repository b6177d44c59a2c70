import { statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { Containers } from '../containers/containers.js';
import { usualPlaces, type EnginePlaces } from '../containers/engines.js';
import { findHierarchy } from '../containers/hierarchy.js';

export interface EngineFlags {
  /** `none` where no names are to be looked up. */
  readonly crs?: 'none' | readonly EnginePlace[];
}

interface EnginePlace {
  readonly engine: keyof EnginePlaces;
  readonly path: string;
}

const engines: readonly EnginePlace['engine'][] = ['docker', 'podman', 'containerd', 'cri-o'];

/** Adds `--crs`, as the original calls what it asks for names. */
export function addEngineFlags(command: Command): Command {
  return command.option(
    '--crs <engine:path>',
    'where docker (socket or directory), podman, containerd or cri-o keep what they know of containers; may be repeated; none asks nobody (their usual places)',
    parsePlace,
  );
}

/** What is told of containers, by the cgroups of this host and what its engines keep. */
export function openContainers({ crs = [] }: EngineFlags): Containers {
  const hierarchy = findHierarchy();
  const usual = usualPlaces(hierarchy?.host ?? '');
  return new Containers({ hierarchy, places: crs === 'none' ? undefined : crs.reduce(withPlace, usual) });
}

function parsePlace(value: string, previous: EngineFlags['crs'] = []): EngineFlags['crs'] {
  if (value === 'none') return 'none';
  const at = value.indexOf(':');
  const name = value.slice(0, at);
  const engine = engines.find((one) => one === (name === 'crio' ? 'cri-o' : name));
  const path = value.slice(at + 1);
  if (engine === undefined || !isAbsolute(path)) {
    throw new InvalidArgumentError(`It is ENGINE:/PATH with one of ${engines.join(', ')}, or none.`);
  }
  return previous === 'none' ? previous : [...previous, { engine, path }];
}

function withPlace(places: EnginePlaces, { engine, path }: EnginePlace): EnginePlaces {
  if (engine !== 'docker') return { ...places, [engine]: path };
  const isDirectory = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  return { ...places, docker: { ...places.docker, [isDirectory ? 'root' : 'socket']: path } };
}
