/** What `tracee trace --trace help` prints. */
export const traceHelp = `What to trace. Give --trace once for each expression; all of them must hold.

Which events (without any: set=default)
  event=openat,execve   these; event=open* all whose names begin so; event!=close all but this
  set=fs                the events of a set; set!=net
  openat.pathname=/etc/*    this event, where the argument is so: texts whole, or with * at an end
  openat.flags=O_RDONLY     numbers in decimal, as 0x… or by name
  close.retval<0            and what the call returned

Which processes (without any: all)
  pid=7,8               these; pid>1000; pid=new those that begin from now on
  tree=7                these and all their descendants
  tid=, uid=, mntns=, pidns=    numbers
  comm=sh, uts=web-1    names of processes and hosts, 15 bytes
  binary=/usr/bin/curl  processes of this program file
  container, !container in a container, or in none; container=new in one that begins from now on
  container=web,0123abcd    in these: by name, or by the beginning of the id
  follow                and whatever descends from a process that was traced

Comparisons are =, !=, <, >, <= and >=. Several = on one subject are any of their values, everything else must hold.
Values stand between commas; in quotes they hold commas, stars and spaces: 'comm="a, b"'.
Mind the shell: quote what has <, > or *.

Processes are compared in the kernel, arguments and results where events are read; --plan says so of each filter.
tracee trace --list names events, sets and arguments.`;
