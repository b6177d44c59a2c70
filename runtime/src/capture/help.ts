/** What `tracee trace --capture help` prints. */
export const captureHelp = `What to keep of what processes do. Give --capture once for each.

What
  write                 all that is written to files
  write=PREFIX*         to files whose paths begin so; up to 3 times, at most 50 bytes each
  exec                  programs that are started, scripts and their interpreters
  mem                   memory that was written and becomes executable
  module                kernel modules that are loaded
  all                   write, exec, mem and module
  profile               exec, and at the end how often each program was started

Where, and how much
  dir:/path             below /path/out (/tmp/tracee/out)
  clear-dir             remove first what an earlier run has left there
  limit:SIZE            bytes of all artifacts: 512M, 4G (1G)

Files are kept by mount namespace: out/NAMESPACE/write.dev-N.inode-N, exec.TIME.NAME, bin.TIME, module.TIME.NAME.
out/written_files says which paths they had. out/tracee.pid is there while everything is loaded.
Captures take the same processes as events: --trace pid=, tree=, comm= … or a command.`;
