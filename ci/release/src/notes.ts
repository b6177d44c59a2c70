/** A release that cannot be made, in words for people. */
export class ReleaseError extends Error {}

/**
 * What a release says of itself: the section of its version in the changelog, and how to check what was downloaded.
 * `## 0.1.0 (unreleased)` and `## 0.1.0 (2026-11-30)` are both the section of 0.1.0.
 */
export function releaseNotes(changelog: string, version: string, archive: string): string {
  const section = changelog
    .split(/^(?=## )/m)
    .find((part) => part.split('\n', 1)[0]?.split(' ')[1] === version);
  if (section === undefined) throw new ReleaseError(`CHANGELOG.md has no section "## ${version}"`);
  const body = section.slice(section.indexOf('\n') + 1).trim();
  return `# Tracee ${version}

${body}

### Install

\`\`\`
sha256sum --check --ignore-missing SHA256SUMS
tar -xzf ${archive}
\`\`\`

Node.js 20.19 or newer and libbpf 1.0 or newer are needed; \`docs/install.md\` in the archive tells the rest.
`;
}
