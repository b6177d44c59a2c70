import { createHash } from 'node:crypto';

import { invalid, readElf } from './elf.js';
import { blankDigest, canonicalJson, type Manifest, manifestSchema, manifestSection } from './manifest.js';

/** Far above any real manifest; keeps a hostile one from being parsed at length. */
const sizeLimit = 1024 * 1024;
const shownProblems = 5;

/**
 * The manifest that an object carries, checked for shape. That it tells the truth about the file is
 * {@link verifyDigest}'s to say.
 *
 * @throws TraceeError `OBJECT_INVALID`, naming the field that is wrong.
 */
export function readManifest(bytes: Uint8Array, path: string): Manifest {
  return parseSection(bytes, path).manifest;
}

/**
 * SHA-256 (hex) of the file with the digest's own 64 characters set to `0`.
 *
 * @throws TraceeError `OBJECT_INVALID` where the bytes carry no usable manifest.
 */
export function computeDigest(bytes: Uint8Array, path = 'the object'): string {
  return digestAround(bytes, parseSection(bytes, path).digestOffset);
}

/** @throws TraceeError `OBJECT_INVALID` where the file is not the one that the manifest was written for. */
export function verifyDigest(bytes: Uint8Array, manifest: Manifest, path: string): void {
  const actual = computeDigest(bytes, path);
  if (actual !== manifest.digest) {
    throw invalid(
      path,
      `was changed after it was built: its digest is ${actual}, its manifest says ${manifest.digest}`,
    );
  }
}

/**
 * For the builder: the same bytes with the real digest in place of {@link blankDigest}.
 *
 * @throws TraceeError `OBJECT_INVALID` where the manifest is not usable or already has a digest.
 */
export function patchDigest(bytes: Uint8Array, path = 'the object'): Uint8Array {
  const { manifest, digestOffset } = parseSection(bytes, path);
  if (manifest.digest !== blankDigest) throw invalid(path, `already has the digest ${manifest.digest}`);
  const patched = Uint8Array.from(bytes);
  patched.set(Buffer.from(digestAround(bytes, digestOffset), 'latin1'), digestOffset);
  return patched;
}

function parseSection(bytes: Uint8Array, path: string): { manifest: Manifest; digestOffset: number } {
  const [section, second] = readElf(bytes, path).sections.filter(({ name }) => name === manifestSection);
  if (section === undefined) throw invalid(path, `carries no manifest (ELF section ${manifestSection})`);
  if (second !== undefined) throw invalid(path, 'carries more than one manifest');
  if (section.bytes.length > sizeLimit) {
    throw invalid(path, `carries a manifest of ${section.bytes.length} bytes, the limit is ${sizeLimit}`);
  }
  const text = Buffer.from(section.bytes).toString('utf8');
  const manifest = parseManifest(text, path);
  // One manifest has one spelling: that is what lets the digest be found by position, and it leaves no room
  // for a second field of the same name.
  if (!Buffer.from(canonicalJson(manifest)).equals(section.bytes)) {
    throw invalid(path, 'carries a manifest that is not canonical JSON');
  }
  return { manifest, digestOffset: section.offset + offsetOfDigest(manifest) };
}

function parseManifest(text: string, path: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid(path, 'carries a manifest that is not JSON', cause);
  }
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues
    .slice(0, shownProblems)
    .map(({ path: field, message }) => `${field.length === 0 ? '(top level)' : field.join('.')}: ${message}`);
  throw invalid(path, `carries a manifest with unusable fields: ${problems.join('; ')}`, parsed.error);
}

/** Sections hold other fields called `digest`: the right one is where two spellings begin to differ. */
function offsetOfDigest(manifest: Manifest): number {
  const zeros = Buffer.from(canonicalJson({ ...manifest, digest: blankDigest }));
  const ones = Buffer.from(canonicalJson({ ...manifest, digest: '1'.repeat(blankDigest.length) }));
  return zeros.findIndex((byte, index) => byte !== ones[index]);
}

function digestAround(bytes: Uint8Array, digestOffset: number): string {
  return createHash('sha256')
    .update(bytes.subarray(0, digestOffset))
    .update(blankDigest)
    .update(bytes.subarray(digestOffset + blankDigest.length))
    .digest('hex');
}
