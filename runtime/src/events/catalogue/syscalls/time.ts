import type { EventDefinition } from '../../types.js';
import { prototype } from '../prototype.js';
import { call } from './call.js';

/** Clocks and timers. */
export const timeCalls: readonly EventDefinition[] = [
  call(
    'nanosleep',
    'syscalls time time_timer',
    prototype('const struct timespec* req, struct timespec* rem'),
  ),
  call('getitimer', 'syscalls time time_timer', prototype('int which, struct itimerval* curr_value')),
  call('alarm', 'syscalls time time_timer', prototype('unsigned int seconds')),
  call(
    'setitimer',
    'syscalls time time_timer',
    prototype('int which, struct itimerval* new_value, struct itimerval* old_value'),
  ),
  call('gettimeofday', 'syscalls time time_tod', prototype('struct timeval* tv, struct timezone* tz')),
  call('adjtimex', 'syscalls time time_clock', prototype('struct timex* buf')),
  call(
    'settimeofday',
    'syscalls time time_tod',
    prototype('const struct timeval* tv, const struct timezone* tz'),
  ),
  call('time', 'syscalls time time_tod', prototype('time_t* tloc')),
  call(
    'timer_create',
    'syscalls time time_timer',
    prototype('const clockid_t clockid, struct sigevent* sevp, timer_t* timer_id'),
  ),
  call(
    'timer_settime',
    'syscalls time time_timer',
    prototype(
      'timer_t timer_id, int flags, const struct itimerspec* new_value, struct itimerspec* old_value',
    ),
  ),
  call(
    'timer_gettime',
    'syscalls time time_timer',
    prototype('timer_t timer_id, struct itimerspec* curr_value'),
  ),
  call('timer_getoverrun', 'syscalls time time_timer', prototype('timer_t timer_id')),
  call('timer_delete', 'syscalls time time_timer', prototype('timer_t timer_id')),
  call(
    'clock_settime',
    'syscalls time time_clock',
    prototype('const clockid_t clockid, const struct timespec* tp'),
  ),
  call(
    'clock_gettime',
    'syscalls time time_clock',
    prototype('const clockid_t clockid, struct timespec* tp'),
  ),
  call(
    'clock_getres',
    'syscalls time time_clock',
    prototype('const clockid_t clockid, struct timespec* res'),
  ),
  call(
    'clock_nanosleep',
    'syscalls time time_clock',
    prototype('const clockid_t clockid, int flags, const struct timespec* request, struct timespec* remain'),
  ),
  call('timerfd_create', 'syscalls time time_timer', prototype('int clockid, int flags')),
  call(
    'timerfd_settime',
    'syscalls time time_timer',
    prototype('int fd, int flags, const struct itimerspec* new_value, struct itimerspec* old_value'),
  ),
  call('timerfd_gettime', 'syscalls time time_timer', prototype('int fd, struct itimerspec* curr_value')),
  call('clock_adjtime', 'syscalls time time_clock', prototype('const clockid_t clk_id, struct timex* buf')),
];
