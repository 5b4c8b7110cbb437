// Options of Mote's own, and the report of its memory.
#include "check.h"
#include "mote.h"

static char error[256], report[16384];
static Fixture onepage, grow, hello;

static wasm_module_inst_t instance_with(Fixture source, struct InstantiationArgs2 *args) {
    wasm_module_t module = wasm_runtime_load(source.bytes, source.size, error, sizeof error);
    return wasm_runtime_instantiate_ex2(module, args, error, sizeof error);
}
static struct InstantiationArgs2 *new_args(void) {
    struct InstantiationArgs2 *args = NULL;
    wasm_runtime_instantiation_args_create(&args);
    wasm_runtime_instantiation_args_set_default_stack_size(args, 8192);
    return args;
}
static uint64_t end_of(wasm_module_inst_t instance) {
    uint64_t end = 0;
    wasm_runtime_get_app_addr_range(instance, 0, NULL, &end);
    return end;
}

static void versions(void) {
    uint32_t major = 9, minor = 9, patch = 9, wanted[3] = {8, 8, 8};
    mote_get_version(&major, &minor, &patch);
    mote_get_version(NULL, NULL, NULL);
    FILE *output = popen("scripts/version", "r");
    if (!output || fscanf(output, "%u.%u.%u", &wanted[0], &wanted[1], &wanted[2]) != 3) exit(2);
    pclose(output);
    expect(major == wanted[0] && minor == wanted[1] && patch == wanted[2], "version", "is not that of scripts/version");
}
static void truncations(void) {
    MotePlan plan = {.memory.truncation = MOTE_TRUNCATION_NEVER};
    expect(mote_set_plan(&plan) && start_with(sizeof pool, NULL, 0), "plan", "is not taken");
    expect(!mote_set_plan(&plan) && !mote_set_plan(NULL), "plan", "is taken while there is a runtime");
    struct InstantiationArgs2 *args = new_args();
    expect(end_of(instance_with(onepage, args)) == 65536, "no truncation", error);
    MoteMemoryOptions options = {.truncation = MOTE_TRUNCATION_ALWAYS};
    expect(mote_instantiation_args_set_memory(args, &options), "options", "are not taken");
    expect(end_of(instance_with(onepage, args)) < 65536, "truncation of one instance", error);
    options.truncation = (mote_truncation_t)77;
    expect(!mote_instantiation_args_set_memory(args, &options), "options", "that mean nothing");
    expect(!mote_instantiation_args_set_memory(NULL, &options), "options", "for nobody");
    expect(!mote_instantiation_args_set_memory(args, NULL), "options", "from nobody");
    wasm_runtime_destroy();
    plan.memory.bounds = (mote_bounds_t)77;
    expect(!mote_set_plan(&plan) && mote_set_plan(NULL), "plan", "that means nothing");
}
static void caps(void) {
    MotePlan plan = {.max_memory_pages = 3, .gc_heap_size = 65536, .native_stack_reserve = 16384,
                     .retained_reservations = 1};
    expect(mote_set_plan(&plan) && wasm_runtime_init(), "caps", "");
    struct InstantiationArgs2 *args = new_args();
    wasm_module_inst_t instance = instance_with(grow, args);
    expect(wasm_runtime_enlarge_memory(instance, 2) && !wasm_runtime_enlarge_memory(instance, 1), "cap of pages", error);
    MoteMemoryOptions options = {.backing = MOTE_BACKING_HEAP, .max_guest_heap_size = 1024};
    mote_instantiation_args_set_memory(args, &options);
    instance = instance_with(grow, args);
    expect(instance && !wasm_runtime_enlarge_memory(instance, 1), "cap of the guest's heap", error);
    options = (MoteMemoryOptions){.backing = MOTE_BACKING_HEAP, .bounds = MOTE_BOUNDS_GUARD_PAGES};
    mote_instantiation_args_set_memory(args, &options);
    expect(!instance_with(grow, args), "a contradiction", error);
    wasm_runtime_destroy();
    mote_set_plan(NULL);
}
static void heaps(void) {
    wasm_runtime_init();
    struct InstantiationArgs2 *args = new_args();
    wasm_runtime_instantiation_args_set_host_managed_heap_size(args, 1024);
    MoteMemoryOptions options = {.guest_heap = MOTE_GUEST_HEAP_NONE};
    mote_instantiation_args_set_memory(args, &options);
    expect(!wasm_runtime_module_malloc(instance_with(onepage, args), 16, NULL), "no heap", "there is one");
    options.guest_heap = MOTE_GUEST_HEAP_APP;
    mote_instantiation_args_set_memory(args, &options);
    uint64_t behind = wasm_runtime_module_malloc(instance_with(grow, args), 16, NULL);
    expect(behind >= 65536, "app heap behind the memory", error);
    options.app_heap_place = MOTE_APP_HEAP_AT_HEAP_BASE;
    mote_instantiation_args_set_memory(args, &options);
    wasm_runtime_set_log_level(WASM_LOG_LEVEL_FATAL);
    uint64_t at_base = wasm_runtime_module_malloc(instance_with(grow, args), 16, NULL);
    wasm_runtime_set_log_level(WASM_LOG_LEVEL_WARNING);
    expect(at_base > 0 && at_base < 65536, "app heap at the heap's base", error);
    wasm_runtime_destroy();
}
static void buffers(void) {
    static _Alignas(16) uint8_t buffer[1 << 17];
    wasm_runtime_init();
    struct InstantiationArgs2 *args = new_args();
    expect(mote_instantiation_args_set_memory_buffer(args, buffer, sizeof buffer, true), "buffer", "is not taken");
    expect(!mote_instantiation_args_set_memory_buffer(args, buffer + 1, 65536, true), "buffer", "that is not aligned");
    expect(!mote_instantiation_args_set_memory_buffer(NULL, buffer, 65536, true), "buffer", "for nobody");
    wasm_module_inst_t instance = instance_with(onepage, args);
    expect(wasm_runtime_addr_app_to_native(instance, 0) == buffer, "buffer", error);
    wasm_runtime_deinstantiate(instance);
    expect(mote_instantiation_args_set_memory_buffer(args, NULL, 0, false), "no buffer", "");
    instance = instance_with(onepage, args);
    expect(instance && wasm_runtime_addr_app_to_native(instance, 0) != buffer, "no buffer", error);
    wasm_runtime_destroy();
}
static void reports(void) {
    expect(!mote_memory_report(MOTE_REPORT_TEXT, report, sizeof report), "report", "without a runtime");
    start_with(sizeof pool, NULL, 0);
    struct InstantiationArgs2 *args = new_args();
    wasm_runtime_create_exec_env(instance_with(onepage, args), 4096);
    uint64_t size = mote_memory_report(MOTE_REPORT_TEXT, report, sizeof report);
    expect(size == strlen(report) + 1 && strstr(report, "\nlinear memory ") && strstr(report, "\noperand stack "),
           "text", report);
    expect(strstr(report, "\ninstance ") && strstr(report, "\npool ") && strstr(report, "\ntotal "), "text", report);
    size = mote_memory_report(MOTE_REPORT_JSON, NULL, 0);
    expect(mote_memory_report(MOTE_REPORT_JSON, report, sizeof report) == size && size == strlen(report) + 1, "JSON",
           report);
    expect(!strncmp(report, "{\"regions\":[{\"name\":\"structures\",\"bytes\":", 41), "JSON", report);
    expect(strstr(report, "],\"total\":{\"bytes\":") && strstr(report, "\"owners\":[{\"name\":\"") &&
               report[size - 2] == '}', "JSON", report);
    FILE *file = popen("python3 -m json.tool >/dev/null", "w");
    if (file) {
        fputs(report, file);
        expect(pclose(file) == 0, "JSON", report);
    }
    char small[20];
    expect(mote_memory_report(MOTE_REPORT_JSON, small, sizeof small) == size && strlen(small) == 19, "cut", small);
    expect(!mote_memory_report((mote_report_format_t)7, report, sizeof report), "report", "in no format");
    wasm_runtime_destroy();
}

int main(void) {
    onepage = fixture("onepage"), grow = fixture("grow"), hello = fixture("hello");
    versions();
    truncations();
    caps();
    heaps();
    buffers();
    reports();
    return verdict();
}
