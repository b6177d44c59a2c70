# TRC-2: asks to be traced, by the number of the call.
my $ptrace = (`uname -m` =~ /aarch64/) ? 117 : 101;
exit(syscall($ptrace, 0, 0, 0, 0) == 0 ? 0 : 1);
