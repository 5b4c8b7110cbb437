// The Mandelbrot set on n by n points, at most 100 steps each: f64 arithmetic in a loop that leaves early.
__attribute__((export_name("run"), noinline)) int run(int n) {
    int sum = 0;
    for (int row = 0; row < n; row++) {
        double ci = 2.0 * row / n - 1.0;
        for (int column = 0; column < n; column++) {
            double cr = 3.0 * column / n - 2.0, r = 0, i = 0;
            int step = 0;
            for (; step < 100; step++) {
                double rr = r * r, ii = i * i;
                if (rr + ii > 4.0) break;
                i = 2.0 * r * i + ci;
                r = rr - ii + cr;
            }
            sum += step;
        }
    }
    return sum;
}
