// What the fixture `builtin` prints, and what a host with a C library of its own prints of it: FORM(format, arguments...).
// No `long`, which has 32 bits in the guest, and no %a, which libc-builtin does not know.
static const char text_of_forms[] = "mote";

#define FORMS \
    FORM("%d|%i|%u\n", 0, -1, 4294967295u) \
    FORM("%d|%d\n", 2147483647, -2147483647 - 1) \
    FORM("%x|%X|%o|%#x|%#X|%#o\n", 48879u, 48879u, 511u, 48879u, 48879u, 511u) \
    FORM("%#x|%#o|%x\n", 0u, 0u, 0u) \
    FORM("%+d|% d|%+d|% d\n", 5, 5, -5, -5) \
    FORM("%08d|%-8d|%8d|%+08d|\n", 42, 42, 42, 42) \
    FORM("%.5d|%8.5d|%-8.5d|%.0d|\n", 42, 42, 42, 0) \
    FORM("%*d|%-*d|%.*d|%*d\n", 6, 42, 6, 42, 4, 42, -6, 42) \
    FORM("%hd|%hu|%hhd|%hhu\n", 70000, 70000, 300, 300) \
    FORM("%lld|%llu|%llx|%#llo\n", -1234567890123456789LL, 12345678901234567890ULL, 0xFEDCBA9876543210ULL, 511ULL) \
    FORM("%lld|%lld\n", 9223372036854775807LL, -9223372036854775807LL - 1) \
    FORM("%20lld|%-20lld|%020lld|\n", -42LL, -42LL, -42LL) \
    FORM("%c%c%c|%5c|%-5c|\n", 'a', 'b', 'c', 'd', 'e') \
    FORM("%s|%10s|%-10s|%.2s|%8.3s|%.0s|\n", text_of_forms, text_of_forms, text_of_forms, text_of_forms, text_of_forms, \
         text_of_forms) \
    FORM("%d%%|100%%\n", 7) \
    FORM("%f|%.0f|%.1f|%.10f\n", 3.14159265358979, 2.5, 0.25, 1.0 / 3) \
    FORM("%e|%.0e|%.3E|%e\n", 12345.678, 12345.678, 0.00012345, 0.0) \
    FORM("%g|%g|%g|%G|%#g\n", 100000.0, 1000000.0, 0.0001, 0.00001, 1.0) \
    FORM("%.17g|%.15g|%.3g\n", 0.1, 0.1, 1234567.0) \
    FORM("%10.3f|%-10.3f|%010.3f|%+.2f|% .2f\n", 2.71828, 2.71828, -2.71828, 2.71828, 2.71828) \
    FORM("%f|%F|%e|%g|%5g|%-5g|\n", 1.0 / zero, -1.0 / zero, 1.0 / zero, -1.0 / zero, 1.0 / zero, 1.0 / zero) \
    FORM("%.30f|%.40g\n", 0.1, 1e100) \
    FORM("%f\n", 1.7976931348623157e308) \
    FORM("%.20e|%g\n", 4.9406564584124654e-324, 4.9406564584124654e-324) \
    FORM("%d %s %f %lld %c %x %e %u\n", 1, text_of_forms, 1.5, 2LL, 'z', 255u, 1e-7, 9u)
