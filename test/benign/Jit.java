/** A method that is called often enough to be compiled. */
class Jit {
    static long step(long sum, int i) {
        return sum * 31 + i;
    }

    public static void main(String[] words) {
        long sum = 0;
        for (int i = 0; i < 20_000_000; i++) sum = step(sum, i);
        if (sum == 0) System.exit(1);
    }
}
