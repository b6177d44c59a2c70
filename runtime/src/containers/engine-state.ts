import { z } from 'zod';
import type { EngineName } from '../events/container.js';

/** What an engine says of a container. */
export interface Description {
  readonly engine: EngineName;
  readonly name: string | undefined;
  readonly image: string | undefined;
}

type Names = Omit<Description, 'engine'>;

/** What people can be shown of a name; engines themselves allow less. */
const maxTextLength = 512;
const text = z.string().transform((value) => (value === '' ? undefined : value.slice(0, maxTextLength)));

const dockerSchema = z.object({ Name: text, Config: z.object({ Image: text }) });

/** `config.v2.json` of Docker, and what its socket answers to `/containers/ID/json`. */
export function parseDocker(json: string | undefined): Names | undefined {
  const found = dockerSchema.safeParse(parse(json)).data;
  return found && { name: found.Name?.replace(/^\//, ''), image: found.Config.Image };
}

const storageSchema = z.array(
  z.object({
    id: z.string(),
    names: z.array(text).nullish(),
    metadata: z.string().optional(),
  }),
);

const metadataSchema = z.object({
  name: text.optional(),
  'image-name': text.optional(),
});

/** The table of containers that podman and cri-o keep with their images (`overlay-containers/containers.json`). */
export function parseStorage(json: string | undefined, id: string): Names | undefined {
  const found = storageSchema.safeParse(parse(json)).data?.find((one) => one.id === id);
  if (found === undefined) return undefined;
  const metadata = metadataSchema.safeParse(parse(found.metadata)).data;
  return { name: found.names?.[0] ?? metadata?.name, image: metadata?.['image-name'] };
}

const bundleSchema = z.object({ annotations: z.record(z.string(), z.string()).nullish() });

/** Where containerd and cri-o write for Kubernetes what a container is called, and what its image is. */
const nameKeys = [
  'io.kubernetes.cri.container-name',
  'io.kubernetes.container.name',
  'io.kubernetes.cri-o.ContainerName',
  'nerdctl/name',
];
const imageKeys = [
  'io.kubernetes.cri.image-name',
  'io.kubernetes.cri-o.ImageName',
  'io.kubernetes.cri-o.Image',
];
/** What holds a pod together has no name of its own. */
const podKeys = ['io.kubernetes.cri.sandbox-name', 'io.kubernetes.pod.name'];

/** `config.json` of the bundle that a container is run of. It is there, so the engine knows the container. */
export function parseAnnotations(json: string | undefined): Names | undefined {
  const found = bundleSchema.safeParse(parse(json)).data;
  if (found === undefined) return undefined;
  const first = (keys: readonly string[]): string | undefined =>
    keys
      .flatMap((key) => found.annotations?.[key] ?? [])
      .find((value) => value !== '')
      ?.slice(0, maxTextLength);
  return { name: first(nameKeys) ?? first(podKeys), image: first(imageKeys) };
}

function parse(json: string | undefined): unknown {
  try {
    return json === undefined ? undefined : JSON.parse(json);
  } catch {
    return undefined;
  }
}
