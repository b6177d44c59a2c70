# TRC-4: a page that can be written and executed, by the number of the call.
my $mmap = (`uname -m` =~ /aarch64/) ? 222 : 9;
exit(syscall($mmap, 0, 4096, 7, 0x22, -1, 0) > 0 ? 0 : 1);
