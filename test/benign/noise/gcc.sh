# gcc builds a program of several files and a library, and both run.
set -e
for i in 1 2 3 4 5 6; do
	printf '#include <stdio.h>\n#include <stdlib.h>\nint part_%d(int x) { return snprintf(NULL, 0, "%%d", abs(x)) + %d; }\n' $i $i >part$i.c
	gcc -O2 -fPIC -c part$i.c &
done
wait
printf 'int part_1(int);\nint part_2(int);\nint main(void) { return part_1(5) + part_2(7) == 5 ? 0 : 1; }\n' >main.c
gcc -shared -o libparts.so part[1-6].o
gcc -O2 -o main main.c -L. -lparts -Wl,-rpath,"$PWD"
./main
strip main && ./main
