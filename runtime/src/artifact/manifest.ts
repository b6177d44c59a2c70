import { z } from 'zod';

/** ELF section that carries the manifest. libbpf loads an object that has it unchanged. */
export const manifestSection = 'tracee.manifest';

/** Stands in the digest's place while the digest of the file is computed: 64 zeros. */
export const blankDigest = '0'.repeat(64);

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** C's names, and paths of them: `real_parent`, `thread_info.status`, `regs[1]`. */
const structureName = z.string().regex(/^\w{1,128}$/);
const memberPath = z.string().regex(/^(?:\w{1,128}(?:\[\d{1,9}\])*)(?:\.\w{1,128}(?:\[\d{1,9}\])*){0,15}$/);

/** Where the object takes a member of a kernel structure to be, or how big a whole structure. */
export const layoutMemberSchema = z.strictObject({
  struct: structureName,
  /** `null`: the structure itself, whose size is used. */
  member: memberPath.nullable(),
  /** In bytes. */
  offset: z.int().nonnegative(),
  /** In bytes; of a bit field the bytes that it touches. */
  size: z.int().nonnegative(),
  /** For a bit field: its first bit, counted from the lowest of `offset`, and its width. */
  bits: z.strictObject({ first: z.int().min(0).max(7), width: z.int().positive() }).optional(),
});
export type LayoutMember = z.infer<typeof layoutMemberSchema>;

/** A kernel architecture, in the words of `uname -m`. */
export const architectureSchema = z.enum(['x86_64', 'aarch64']);
export type Architecture = z.infer<typeof architectureSchema>;

/**
 * Where an object's kernel types come from: the kernel's header tree, the kernel's own BTF dumped to a
 * header, or the project's small header relocated at load time (`core`, the portable object).
 */
export const typeSourceSchema = z.enum(['headers', 'btf', 'core']);
export type TypeSource = z.infer<typeof typeSourceSchema>;

/**
 * What an object says about itself. Stands as canonical JSON (keys sorted, no blanks) in the ELF section
 * {@link manifestSection}. `digest` is the SHA-256 of the whole file with the digest's own 64 characters
 * replaced by {@link blankDigest}.
 */
export const manifestSchema = z.strictObject({
  schema: z.literal(1),
  /** Version of this project, without a leading `v`. */
  version: z.string().min(1),
  kernel: z.strictObject({
    /** As `uname -r` prints it; `null` for the portable object. */
    release: z.string().min(1).nullable(),
    arch: architectureSchema,
  }),
  /** Digest of the event catalogue: runtime and object must agree on it, or records would be misread. */
  abi: sha256,
  types: typeSourceSchema,
  toolchain: z.strictObject({
    /** Full versions such as `14.0.6`; `llc` is `null` where clang did both steps. */
    clang: z.string(),
    llc: z.string().nullable(),
    mcpu: z.string(),
    /** The helper headers of libbpf that were compiled in. */
    libbpf: z.strictObject({ version: z.string(), headersDigest: sha256 }),
  }),
  sources: z.strictObject({
    /** Over the names and contents of all files of `bpf/`. */
    digest: sha256,
  }),
  /** The header files that were read (`clang -M`); `null` where no header tree was used. */
  headers: z
    .strictObject({
      files: z.int().positive(),
      digest: sha256,
      /** Digests of the two files that identify a configured kernel build. */
      utsrelease: sha256,
      autoconf: sha256,
    })
    .nullable(),
  /** Digest of the kernel's raw BTF where it was the type source, else `null`. */
  btf: z.strictObject({ digest: sha256 }).nullable(),
  /**
   * Members of kernel structures that the programs read, sorted, as the object has them; compared with the
   * kernel's BTF before loading. Empty for the portable object, which is relocated instead.
   */
  layout: z.array(layoutMemberSchema),
  /** What the object asks of a kernel, read off the object itself. */
  requirements: z.strictObject({
    helpers: z.array(z.string()),
    mapTypes: z.array(z.string()),
    programTypes: z.array(z.string()),
    /** Instructions of the largest program (4096 is the limit below Linux 5.2). */
    largestProgram: z.int().nonnegative(),
    /** 32-bit jumps are in it (needs Linux 5.1). */
    jmp32: z.boolean(),
  }),
  programs: z.array(
    z.strictObject({ name: z.string(), section: z.string(), instructions: z.int().positive() }),
  ),
  digest: sha256,
});

export type Manifest = z.infer<typeof manifestSchema>;

/** JSON with sorted keys and no blanks, so that equal manifests are equal bytes. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isPlainObject(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
