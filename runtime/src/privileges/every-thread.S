/*
 * What every thread runs when it gets the signal: the system calls of a table, one after the other. The table
 * comes with the signal (si_value); an entry is the number and five arguments, 8 bytes each, and a negative
 * number ends it. every-thread.ts has the bytes, and a test assembles this file to compare them.
 */
#if defined(__x86_64__)
	.intel_syntax noprefix
	push rbx
	mov rbx, [rsi + 24]
1:	mov rax, [rbx]
	test rax, rax
	js 2f
	mov rdi, [rbx + 8]
	mov rsi, [rbx + 16]
	mov rdx, [rbx + 24]
	mov r10, [rbx + 32]
	mov r8, [rbx + 40]
	syscall
	add rbx, 48
	jmp 1b
2:	pop rbx
	ret
	.balign 16, 0xcc
/* SA_RESTORER: rt_sigreturn */
	mov eax, 15
	syscall
	.balign 16, 0xcc
#elif defined(__aarch64__)
	ldr x9, [x1, #24]
1:	ldr x8, [x9]
	tbnz x8, #63, 2f
	ldp x0, x1, [x9, #8]
	ldp x2, x3, [x9, #24]
	ldr x4, [x9, #40]
	svc #0
	add x9, x9, #48
	b 1b
2:	ret
#endif
