// The smallest useful module: no import, no memory access.
__attribute__((export_name("add"))) int add(int one, int other) { return one + other; }

__attribute__((export_name("add64"))) long long add64(long long one, long long other) { return one + other; }

__attribute__((export_name("mean"))) double mean(double one, double other) { return (one + other) * 0.5; }

__attribute__((export_name("meanf"))) float meanf(float one, float other) { return (one + other) * 0.5f; }
