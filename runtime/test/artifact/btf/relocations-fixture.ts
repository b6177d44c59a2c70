/** Accesses of every kind that clang makes relocations for. */
export const accessesSource = `
#define relocated __attribute__((preserve_access_index))
struct item { int value; char name[4]; } relocated;
union either { int one; long other; } relocated;
struct outer {
	int a;
	union { long b; struct { char deep; } inner; };
	struct item list[4];
	struct item *next;
	union either either;
	unsigned int narrow : 5;
} relocated;
struct outer___old { int gone; } relocated;
struct only_asked { int there; } relocated;
struct sized { long x; } relocated;
typedef struct outer outer_t;

#define address(of) __builtin_preserve_access_index(&(of))
#define info(of, kind) __builtin_preserve_field_info(of, kind)

static long (*read)(void *to, unsigned int size, const void *from) = (void *)113;

__attribute__((section("raw_tp/sys_enter"), used)) int on_enter(outer_t **context)
{
	outer_t *outer = *context;
	struct outer___old *old = (void *)outer;
	struct only_asked *asked = (void *)outer;
	long to = 0;

	read(&to, 4, address(outer->a));
	read(&to, 4, address(outer->a));
	read(&to, 8, address(outer->b));
	read(&to, 1, address(outer->inner.deep));
	read(&to, 4, address(outer->list[2].name));
	read(&to, 8, address(outer->either.other));
	if (info(old->gone, 2))
		read(&to, 4, address(old->gone));
	return to + info(outer->narrow, 0) + info(outer->narrow, 4) + info(asked->there, 2) +
	       __builtin_preserve_type_info(*(struct sized *)0, 1);
}
char LICENSE[] __attribute__((section("license"), used)) = "Dual BSD/GPL";
`;
