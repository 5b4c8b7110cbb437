// Primes below 200,000 by Eratosthenes, n times: byte stores with a stride, short loops.
enum { limit = 200000 };
static unsigned char composite[limit];

__attribute__((export_name("run"), noinline)) int run(int n) {
    int primes = 0;
    for (int round = 0; round < n; round++) {
        for (int i = 0; i < limit; i++) composite[i] = 0;
        primes = 0;
        for (int i = 2; i < limit; i++) {
            if (composite[i]) continue;
            primes++;
            for (int multiple = 2 * i; multiple < limit; multiple += i) composite[multiple] = 1;
        }
    }
    return primes;
}
