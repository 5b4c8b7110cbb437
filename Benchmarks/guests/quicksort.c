// Sorts 20,000 random integers, n times: compares, swaps, recursion, unpredictable branches.
enum { count = 20000 };
static int values[count];

static void sort(int *low, int *high) {
    while (high - low > 12) {
        int pivot = low[(high - low) / 2];
        int *left = low, *right = high - 1;
        for (;;) {
            while (*left < pivot) left++;
            while (*right > pivot) right--;
            if (left >= right) break;
            int value = *left;
            *left++ = *right;
            *right-- = value;
        }
        sort(low, left);
        low = left;
    }
    for (int *next = low + 1; next < high; next++) {
        int value = *next, *hole = next;
        for (; hole > low && hole[-1] > value; hole--) *hole = hole[-1];
        *hole = value;
    }
}

__attribute__((export_name("run"), noinline)) int run(int n) {
    unsigned seed = 42, sum = 0;
    for (int round = 0; round < n; round++) {
        for (int i = 0; i < count; i++) {
            seed = seed * 1664525u + 1013904223u;
            values[i] = (int)seed;
        }
        sort(values, values + count);
        for (int i = 1; i < count; i++) {
            if (values[i - 1] > values[i]) return -1;
        }
        sum = sum * 31 + (unsigned)values[round % count];
    }
    return (int)sum;
}
