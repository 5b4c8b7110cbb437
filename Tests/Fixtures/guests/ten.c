// One page and ten functions, one of them for hosts: for measuring what an instance takes. Each function that a host
// may call adds 40 bytes.
typedef unsigned u32;

static u32 values[16];

#define FUNCTION(name, body) \
    static __attribute__((noinline)) u32 name(u32 a) { return body; }

FUNCTION(one, values[a & 15])
FUNCTION(two, values[a & 15] = a)
FUNCTION(three, a + values[1] + one(a))
FUNCTION(four, a - values[2] + two(a))
FUNCTION(five, a * values[3] + three(a))
FUNCTION(six, (a ^ values[4]) + four(a))
FUNCTION(seven, (a | values[5]) + five(a))
FUNCTION(eight, (a & values[6]) + six(a))
FUNCTION(nine, values[7] + seven(a) + eight(a))

__attribute__((export_name("run"))) u32 run(u32 a) { return nine(a) + one(a); }
