// What Mote's memory can do and WAMR's interface has no words for. Zero always means the default.
#ifndef MOTE_H
#define MOTE_H

#include "wasm_export.h"

#ifdef __cplusplus
extern "C" {
#endif

// Mote's own version.
WASM_RUNTIME_API_EXTERN void mote_get_version(uint32_t *major, uint32_t *minor, uint32_t *patch);

// ---- Options

// Whether memory 0 ends at __heap_base instead of with its last page.
typedef enum {
    MOTE_TRUNCATION_AUTOMATIC,  // where its bytes come from a pool or from the host
    MOTE_TRUNCATION_ALWAYS,
    MOTE_TRUNCATION_NEVER,
} mote_truncation_t;

// Where the bytes of linear memories live.
typedef enum {
    MOTE_BACKING_AUTOMATIC,     // reserved where that is possible, and nowhere but in the pool where there is one
    MOTE_BACKING_HEAP,          // blocks of the global heap, which move when they grow
    MOTE_BACKING_RESERVED,      // address space that is reserved once
} mote_backing_t;

// How an access outside of linear memory is noticed.
typedef enum {
    MOTE_BOUNDS_AUTOMATIC,      // guard pages where memory is reserved
    MOTE_BOUNDS_CHECKED,        // each access is compared with the size
    MOTE_BOUNDS_GUARD_PAGES,    // wants reserved memory
} mote_bounds_t;

// What wasm_runtime_module_malloc and its like use.
typedef enum {
    MOTE_GUEST_HEAP_AUTOMATIC,  // the guest's own allocator where it exports one, else the app heap
    MOTE_GUEST_HEAP_APP,
    MOTE_GUEST_HEAP_LIBC,
    MOTE_GUEST_HEAP_NONE,
} mote_guest_heap_t;

typedef enum {
    MOTE_APP_HEAP_BEHIND_MEMORY,  // where no code of the guest expects anything of its own
    MOTE_APP_HEAP_AT_HEAP_BASE,   // as in WAMR: a heap of the guest's own overlaps it
} mote_app_heap_place_t;

typedef struct MoteMemoryOptions {
    mote_truncation_t truncation;
    mote_backing_t backing;
    mote_bounds_t bounds;
    mote_guest_heap_t guest_heap;
    mote_app_heap_place_t app_heap_place;
    bool omits_aux_stack_checks;   // the guest's C stack is not watched
    uint64_t max_guest_heap_size;  // most bytes of memory 0 from __heap_base on
} MoteMemoryOptions;

typedef struct MotePlan {
    MoteMemoryOptions memory;         // of all instances
    uint64_t max_memory_pages;        // of every linear memory, in pages of 64 KiB
    uint64_t gc_heap_size;            // most bytes of an instance's GC heap; default 64 MiB
    uint32_t native_stack_reserve;    // bytes of native stack that host functions find; default 32 KiB
    uint32_t retained_reservations;   // address space that is kept for the next instance; default 4
} MotePlan;

// Says how the next runtime manages memory; NULL: as it did at first. False while there is a runtime, or where a value
// means nothing. A plan that contradicts itself makes the init or the instantiation fail.
WASM_RUNTIME_API_EXTERN bool mote_set_plan(const MotePlan *plan);
// Says it for instances that are made with these arguments; what is zero stays as planned.
WASM_RUNTIME_API_EXTERN bool mote_instantiation_args_set_memory(struct InstantiationArgs2 *args,
                                                                const MoteMemoryOptions *options);
// Bytes of the host's for memory 0 of one instance, aligned to 16, until the instance ends. NULL: none of the host's.
// is_zeroed: they need not be cleared.
WASM_RUNTIME_API_EXTERN bool mote_instantiation_args_set_memory_buffer(struct InstantiationArgs2 *args, void *buffer,
                                                                       uint64_t size, bool is_zeroed);

// ---- Report

typedef enum {
    MOTE_REPORT_TEXT,
    MOTE_REPORT_JSON,
} mote_report_format_t;

// Bytes now and at most: of each region, of each owner (modules, instances, environments), of the pool. The report ends
// with NUL, cut off where the buffer does; the answer is how large a buffer the whole takes. 0 without a runtime.
WASM_RUNTIME_API_EXTERN uint64_t mote_memory_report(mote_report_format_t format, char *buf, uint64_t buf_size);

// Whether calls from the host are measured, for wasm_runtime_dump_perf_profiling and its like; changed while no call
// runs, and best before the first: at first they are not. A call then costs two looks at the thread's clock more.
WASM_RUNTIME_API_EXTERN void mote_set_perf_profiling(bool enable);

#ifdef __cplusplus
}
#endif
#endif
