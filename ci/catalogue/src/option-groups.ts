import type { ValueGroup } from './value-groups.js';

/** What an argument means that depends on another: options of sockets by level, arguments of `prctl` by option. */
export const optionGroups = {
  capAmbient: { headers: ['linux/prctl.h'], names: /^PR_CAP_AMBIENT_/ },
  ipProtocol: { headers: ['linux/in.h'], names: /^IPPROTO_/, except: /^IPPROTO_MAX$/ },
  ipOption: {
    headers: ['linux/in.h'],
    names: /^(?:IP_|MCAST_)/,
    except:
      /^(?:IP_(?:RECVORIGDSTADDR|PMTUDISC_\w+|DEFAULT_\w+|RECVRETOPTS|MSFILTER_\w+)|MCAST_(?:EXCLUDE|INCLUDE))$/,
  },
  ipv6Option: {
    headers: ['linux/in6.h'],
    names: /^(?:IPV6_|MCAST_)/,
    except:
      /^(?:IPV6_(?:FL_\w+|FLOWINFO_\w+|FLOWLABEL_MASK|RECVORIGDSTADDR|PRIORITY_\w+|PREFER_SRC_\w+|PMTUDISC_\w+|TLV_\w+|OPT_\w+)|MCAST_(?:EXCLUDE|INCLUDE))$/,
  },
  netlinkOption: {
    headers: ['linux/netlink.h'],
    names:
      /^NETLINK_(?:ADD|DROP)_MEMBERSHIP$|^NETLINK_(?:PKTINFO|BROADCAST_ERROR|NO_ENOBUFS|RX_RING|TX_RING|LISTEN_ALL_NSID|LIST_MEMBERSHIPS|CAP_ACK|EXT_ACK|GET_STRICT_CHK)$/,
  },
  packetOption: {
    headers: ['linux/if_packet.h'],
    names: /^PACKET_/,
    except:
      /^PACKET_(?:HOST|BROADCAST|MULTICAST|OTHERHOST|OUTGOING|LOOPBACK|USER|KERNEL|FASTROUTE|FANOUT_\w+|MR_\w+)$/,
  },
  ptraceOption: { headers: ['linux/ptrace.h'], names: /^PTRACE_O_/, except: /MASK$/ },
  socketOption: {
    headers: ['asm/socket.h'],
    names: /^(?:SO_|SCM_)/,
    except:
      /^SCM_|^SO_(?:GET_FILTER|DETACH_BPF|TIMESTAMP|TIMESTAMPNS|TIMESTAMPING|RCVTIMEO|SNDTIMEO|EE_\w+)$/,
  },
  tcpOption: {
    headers: ['linux/tcp.h'],
    names: /^TCP_[A-Z\d_]+$/,
    except:
      /^TCP_(?:CM_INQ|FLAG_\w+|DATA_OFFSET|RESERVED_BITS|MSS_\w+|REPAIR_(?:O[FN]\w*)|NO_QUEUE|RECV_QUEUE|SEND_QUEUE|QUEUES_NR|NLA_\w+|MD5SIG_\w+|RECEIVE_ZEROCOPY_\w+|CA_\w+|COOKIE_\w+|MIN_\w+|S_DATA_\w+|AO_KEYF_\w+|AO_MAXKEYLEN|FASTOPEN_CLIENT_\w+|TFO_\w+|ACCECN_\w+)$/,
  },
  udpOption: { headers: ['linux/udp.h'], names: /^UDP_(?:CORK|ENCAP|NO_CHECK6_[TR]X|SEGMENT|GRO)$/ },
  vsockOption: {
    headers: [],
    names: /^SO_VM_SOCKETS_/,
    internal: ['uapi/linux/vm_sockets.h'],
    except: /^SO_VM_SOCKETS_CONNECT_TIMEOUT$/,
  },
} as const satisfies Readonly<Record<string, ValueGroup>>;

/** Requests of `ioctl` that are common, by what they are asked of. Their numbers hold sizes, which differ by word size. */
export const ioctlRequests: readonly ValueGroup[] = [
  {
    headers: ['asm/ioctls.h', 'asm/termbits.h', 'linux/termios.h', 'linux/serial.h'],
    names: /^(?:TC[A-Z]+\d?|TIO[A-Z\d]+|FIO[A-Z]+|FION[A-Z]+)$/,
    except:
      /^(?:TIOCINQ|TC[IO](?:OFF|ON|FLUSH)|TCIOFLUSH|TIOCPKT_\w+|TIOCSER_TEMT|TC(?:OOFF|OON)|TIOCM_\w+|TIOC\w+32|TCSANOW|TCSADRAIN|TCSAFLUSH)$/,
  },
  {
    headers: ['linux/sockios.h'],
    names: /^(?:SIOC|FIO)[A-Z\d]+$/,
    except: /^SIOC(?:DEVPRIVATE|PROTOPRIVATE|INQ|OUTQ|GSTAMP(?:NS)?)$/,
  },
  {
    headers: ['linux/fs.h', 'linux/fsverity.h', 'linux/fscrypt.h', 'linux/fiemap.h', 'linux/blktrace_api.h'],
    names:
      /^(?:FS_IOC_\w+|FIBMAP|FIGETBSZ|FIFREEZE|FITHAW|FITRIM|FICLONE(?:RANGE)?|FIDEDUPERANGE|BLK[A-Z\d]+)$/,
    except: /^(?:BLKROSET_\w+|FS_IOC32_\w+|FS_IOC_FSGETXATTRA)$/,
  },
  { headers: ['linux/if_tun.h'], names: /^TUN(?:SET|GET|ATTACH|DETACH)[A-Z\d]+$/ },
  { headers: ['linux/loop.h'], names: /^LOOP_(?:SET|CLR|GET|CHANGE|CONFIGURE|CTL)\w*$/ },
  { headers: ['linux/nsfs.h'], names: /^NS_(?:GET|MNT)_\w+$/, except: /SIZE_VER|_(?:INFO_SIZE)/ },
  {
    headers: ['linux/perf_event.h'],
    names: /^PERF_EVENT_IOC_/,
    except: /^PERF_EVENT_IOC_(?:FLAGS|FLAG_\w+)$/,
  },
  {
    headers: ['linux/userfaultfd.h'],
    names: /^UFFDIO_(?:API|REGISTER|UNREGISTER|WAKE|COPY|ZEROPAGE|WRITEPROTECT|CONTINUE|POISON|MOVE)$/,
  },
  { headers: ['linux/seccomp.h'], names: /^SECCOMP_IOCTL_NOTIF_(?:RECV|SEND|ID_VALID|ADDFD|SET_FLAGS)$/ },
  {
    headers: ['asm/kvm.h', 'linux/kvm.h'],
    names:
      /^KVM_(?:GET_API_VERSION|CREATE_VM|CHECK_EXTENSION|GET_VCPU_MMAP_SIZE|CREATE_VCPU|SET_USER_MEMORY_REGION|RUN|GET_REGS|SET_REGS|GET_SREGS|SET_SREGS|CREATE_IRQCHIP|IRQ_LINE|IOEVENTFD|IRQFD)$/,
  },
  { headers: ['linux/random.h'], names: /^RND[A-Z]+$/ },
  {
    headers: ['linux/dm-ioctl.h'],
    names:
      /^DM_(?:VERSION|REMOVE_ALL|LIST_DEVICES|DEV_\w+|TABLE_\w+|LIST_VERSIONS|TARGET_MSG|GET_TARGET_VERSION)$/,
    except: /_CMD$|^DM_(?:DEV_DIR|VERSION_\w+)$/,
  },
  { headers: ['linux/pidfd.h'], names: /^PIDFD_GET_/, except: /^PIDFD_INFO/ },
  {
    headers: ['linux/rtc.h'],
    names: /^RTC_(?:AIE|UIE|PIE|WIE)_(?:ON|OFF)$|^RTC_(?:RD|SET)_TIME$|^RTC_(?:ALM|WKALM)_(?:READ|SET|RD)$/,
  },
  { headers: ['linux/watchdog.h'], names: /^WDIOC_/ },
];
