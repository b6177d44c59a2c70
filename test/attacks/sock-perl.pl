# TRC-1: the one-liner, with both ends in one process.
use strict;
use warnings;
use Socket;

socket(my $server, PF_INET, SOCK_STREAM, 0) or die "socket: $!";
bind($server, sockaddr_in(0, INADDR_LOOPBACK)) or die "bind: $!";
listen($server, 1) or die "listen: $!";
socket(my $mine, PF_INET, SOCK_STREAM, 0) or die "socket: $!";
connect($mine, getsockname($server)) or die "connect: $!";
accept(my $far, $server) or die "accept: $!";
syswrite($far, "exit 0\n");
open(STDIN, '<&', $mine) or die;
open(STDOUT, '>&', $mine) or die;
open(STDERR, '>&', $mine) or die;
exec('/bin/sh');
