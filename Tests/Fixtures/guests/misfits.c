// Wants a library function that libc-builtin has, one that it has not, and one that it has with another type.
__attribute__((import_module("env"), import_name("atoi"))) int known(const char *text);
__attribute__((import_module("env"), import_name("fprintf"))) int missing(int stream);
__attribute__((import_module("env"), import_name("strcmp"))) int misfit(int text);

__attribute__((export_name("call_known"))) int callKnown(void) { return known("42"); }
__attribute__((export_name("call_missing"))) int callMissing(void) { return missing(1); }
__attribute__((export_name("call_misfit"))) int callMisfit(void) { return misfit(1); }
