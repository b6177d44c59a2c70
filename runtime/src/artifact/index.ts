/**
 * The contract between builder and runtime: what an object is called, what it says about itself, and how it
 * is found and trusted.
 */
export { readRelocations } from './btf/relocations.js';
export { rawBtf } from './btf/section.js';
export { type Btf, readBtf } from './btf/types.js';
export { isElf, readElf, readElfSection, type ElfFile, type ElfSection, type ElfSymbol } from './elf.js';
export { computeDigest, patchDigest, readManifest, verifyDigest } from './embedded-manifest.js';
export {
  compareLayout,
  describeDifferences,
  isEmptyStructure,
  readLayout,
  sortMembers,
  type LayoutDifference,
  type MemberName,
} from './layout.js';
export { checkLayout } from './layout-check.js';
export {
  checkManifest,
  locateObject,
  type LocatedObject,
  type LocateOptions,
  type WantedObject,
} from './locate.js';
export {
  architectureSchema,
  blankDigest,
  canonicalJson,
  manifestSchema,
  manifestSection,
  typeSourceSchema,
  type Architecture,
  type LayoutMember,
  type Manifest,
  type TypeSource,
} from './manifest.js';
export { isNameable, normalizeVersion, objectName, portableObjectName } from './name.js';
export { describePrograms, type ObjectSummary, type ProgramSummary } from './program-summary.js';
export {
  describeKind,
  fingerprint,
  isP256,
  missingSignature,
  parsePublicKeys,
  readPublicKeys,
  signaturePath,
  verifySignature,
  type PublicKeys,
} from './signature.js';
export { readTrustedFile, resolveTrustedDirectory, type TrustOptions } from './trust.js';
