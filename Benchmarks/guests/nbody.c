// The solar system's five heavy bodies for n steps of 0.01 days, by symplectic Euler: f64 arithmetic, square root,
// divisions, structures in memory. Returns the low bits of the energy, so that every engine must agree exactly.
typedef struct {
    double x, y, z, vx, vy, vz, mass;
} Body;

enum { count = 5 };
static const double solar_mass = 39.47841760435743, days = 365.24;
static Body bodies[count];

static void place(int index, double x, double y, double z, double vx, double vy, double vz, double mass) {
    bodies[index] = (Body){x, y, z, vx * days, vy * days, vz * days, mass * solar_mass};
}

static void prepare(void) {
    place(0, 0, 0, 0, 0, 0, 0, 1);
    place(1, 4.84143144246472090, -1.16032004402742839, -0.103622044471123109,
          0.00166007664274403694, 0.00769901118419740425, -0.0000690460016972063023, 0.000954791938424326609);
    place(2, 8.34336671824457987, 4.12479856412430479, -0.403523417114321381,
          -0.00276742510726411105, 0.00499852801234917238, 0.0000230417297573763929, 0.000285885980666130812);
    place(3, 12.8943695621391310, -15.1111514016986312, -0.223307578892655734,
          0.00296460137564761618, 0.00237847173959480950, -0.0000296589568540237556, 0.0000436624404335156298);
    place(4, 15.3796971148509165, -25.9193146099879641, 0.179258772950371181,
          0.00268067772490389322, 0.00162824170038242295, -0.0000951592254519715870, 0.0000515138902046611451);
    double px = 0, py = 0, pz = 0;
    for (int i = 0; i < count; i++) {
        px += bodies[i].vx * bodies[i].mass;
        py += bodies[i].vy * bodies[i].mass;
        pz += bodies[i].vz * bodies[i].mass;
    }
    bodies[0].vx = -px / solar_mass;
    bodies[0].vy = -py / solar_mass;
    bodies[0].vz = -pz / solar_mass;
}

static void advance(double step) {
    for (int i = 0; i < count; i++) {
        Body *one = &bodies[i];
        for (int j = i + 1; j < count; j++) {
            Body *other = &bodies[j];
            double dx = one->x - other->x, dy = one->y - other->y, dz = one->z - other->z;
            double square = dx * dx + dy * dy + dz * dz;
            double magnitude = step / (square * __builtin_sqrt(square));
            one->vx -= dx * other->mass * magnitude;
            one->vy -= dy * other->mass * magnitude;
            one->vz -= dz * other->mass * magnitude;
            other->vx += dx * one->mass * magnitude;
            other->vy += dy * one->mass * magnitude;
            other->vz += dz * one->mass * magnitude;
        }
    }
    for (int i = 0; i < count; i++) {
        bodies[i].x += step * bodies[i].vx;
        bodies[i].y += step * bodies[i].vy;
        bodies[i].z += step * bodies[i].vz;
    }
}

static double energy(void) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
        const Body *one = &bodies[i];
        sum += 0.5 * one->mass * (one->vx * one->vx + one->vy * one->vy + one->vz * one->vz);
        for (int j = i + 1; j < count; j++) {
            double dx = one->x - bodies[j].x, dy = one->y - bodies[j].y, dz = one->z - bodies[j].z;
            sum -= one->mass * bodies[j].mass / __builtin_sqrt(dx * dx + dy * dy + dz * dz);
        }
    }
    return sum;
}

__attribute__((export_name("run"), noinline)) int run(int n) {
    prepare();
    for (int step = 0; step < n; step++) advance(0.01);
    union {
        double value;
        long long bits;
    } result = {energy()};
    return (int)(result.bits ^ result.bits >> 32);
}
