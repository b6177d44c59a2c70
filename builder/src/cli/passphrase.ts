/** Of a private key, from `TRACEE_KEY_PASSWORD`, else `COSIGN_PASSWORD`: never from an option, which `ps` shows. */
export function passphraseOf(env: NodeJS.ProcessEnv): string | undefined {
  return [env['TRACEE_KEY_PASSWORD'], env['COSIGN_PASSWORD']].find(
    (value) => value !== undefined && value !== '',
  );
}
