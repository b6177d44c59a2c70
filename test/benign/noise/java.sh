# Java: compiles a program and runs it until it is compiled again.
set -e
cp "$(dirname "$0")/../Jit.java" .
javac -d . Jit.java
java -cp . Jit
java -Xint -version 2>/dev/null
